import { describe, expect, it } from 'vitest';
import { CONFIG_URL, declare, environment, record, release, sha } from '../../test/fixtures.ts';
import type { RolloutQuestion } from '../ports.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { Application } from './parse-application.ts';
import { Pod } from './parse-pod.ts';
import { Deployment } from './parse-workload.ts';
import { rolloutFacts } from './rollout-facts.ts';

const [A, B] = [release('a'), release('b')];
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 23, 10, 0, seconds)).toISOString();
const ms = (seconds: number): number => Date.parse(at(seconds));
const question: RolloutQuestion = {
  environment: environment(declare(), 'dev').declared,
  repository: CONFIG_URL,
  digest: B.digest,
  record: record('dev', B, { commit: 'c2' }),
  recentCommits: ['c3', 'c2', 'c1'],
};
const byHand: RolloutQuestion = { ...question, record: record('dev', A, { commit: 'c1' }) };
const succeeded = { phase: 'Succeeded', startedAt: at(1), finishedAt: at(5), syncResult: { revision: 'c2' } };

function clusterWith({
  operation,
  deployments = [],
  pods = [],
}: {
  operation?: object | undefined;
  deployments?: object[];
  pods?: object[];
}): ClusterFacts {
  const status = operation ? { operationState: operation } : {};
  return {
    application: Application.parse({ metadata: { name: 'todo-dev', namespace: 'argocd' }, status }),
    workloads: deployments.map((one) => Deployment.parse({ kind: 'Deployment', ...one })),
    unreadable: undefined,
    pods: pods.map((one) => Pod.parse(one)),
    hasAllPods: true,
    windows: '',
  };
}
const syncOf = (operation: object | undefined, asked = question) =>
  rolloutFacts(asked, clusterWith({ operation }))?.sync;

describe('a sync', () => {
  it('is a fact once it has ended: when, of what, by whom', () => {
    expect(syncOf(succeeded)).toEqual({
      revision: 'c2',
      startedMs: ms(1),
      finishedMs: ms(5),
      isManual: false,
      by: undefined,
      error: undefined,
    });
  });

  it.each<[string, object | undefined]>([
    ['there was none', undefined],
    ['it runs', { ...succeeded, phase: 'Running' }],
    ['it is being stopped', { ...succeeded, phase: 'Terminating' }],
    ['it has no end', { ...succeeded, finishedAt: null }],
    ['it does not say of which revision it was', { ...succeeded, syncResult: null }],
    ['it was of what came before the promotion', { ...succeeded, syncResult: { revision: 'c1' } }],
    ['its revision is not in the history, as after a force-push', { ...succeeded, syncResult: { revision: 'x' } }],
  ])('is no fact where %s', (_case, operation) => {
    expect(syncOf(operation)).toBeUndefined();
  });

  it.each<[string, object, object]>([
    ['it was of a later commit, which contains ours', { syncResult: { revision: 'c3' } }, { revision: 'c3' }],
    [
      'it has several sources, of which one is the config repository',
      { syncResult: { revision: '', revisions: ['1.4.2', 'c2'] } },
      { revision: 'c2' },
    ],
    ['it has no start: it began when it ended', { startedAt: null }, { startedMs: ms(5) }],
    ['it failed', { phase: 'Failed', message: 'no such kind' }, { error: 'no such kind' }],
    ['it failed without a message', { phase: 'Error' }, { error: 'Error' }],
    ['a person started it', { operation: { initiatedBy: { username: 'dana' } } }, { isManual: true, by: 'dana' }],
    [
      'somebody started it who is not named',
      { operation: { initiatedBy: { automated: false } } },
      { isManual: true, by: undefined },
    ],
    [
      'Argo CD started it by itself',
      { operation: { initiatedBy: { automated: true } } },
      { isManual: false, by: undefined },
    ],
  ])('is a fact where %s', (_case, more, expected) => {
    expect(syncOf({ ...succeeded, ...more })).toMatchObject(expected);
  });

  it('that brought what a person committed is a fact whatever its revision: no record names the commit', () => {
    expect(syncOf({ ...succeeded, syncResult: { revision: 'x' } }, byHand)).toMatchObject({ revision: 'x' });
  });
});

describe('what came up', () => {
  const containers = (digest: string) => [{ image: `proxy@${sha('0')}` }, { image: `ghcr.io/acme/todo:tag@${digest}` }];
  const deployment = (name: string, digest: string) => ({
    metadata: { name, namespace: 'todo-dev', generation: 1 },
    spec: { template: { spec: { containers: containers(digest) } } },
  });
  const pod = (name: string, digest: string, conditions: object[] = []) => ({
    metadata: { name, creationTimestamp: at(6) },
    spec: { containers: containers(digest) },
    status: { conditions },
  });
  const ready = (status: string, lastTransitionTime: string | null) => ({ type: 'Ready', status, lastTransitionTime });

  it('is the Deployment and the pods of that digest alone', () => {
    const facts = rolloutFacts(
      question,
      clusterWith({
        deployments: [deployment('old', A.digest), deployment('todo', B.digest), deployment('worker', B.digest)],
        pods: [pod('old-1', A.digest), pod('todo-1', B.digest), pod('todo-2', B.digest)],
      }),
    );

    expect(facts?.deployment).toEqual({ name: 'todo', namespace: 'todo-dev' });
    expect(facts?.pods.map(({ name }) => name)).toEqual(['todo-1', 'todo-2']);
  });

  it.each<[string, object[], number | undefined]>([
    [
      'from when they became ready',
      [{ type: 'Initialized', status: 'True', lastTransitionTime: at(7) }, ready('True', at(8))],
      ms(8),
    ],
    ['not yet', [ready('False', at(8))], undefined],
    ['at an unknown time', [ready('True', null)], undefined],
    ['without any condition', [], undefined],
  ])('has pods, ready %s', (_case, conditions, readyMs) => {
    const facts = rolloutFacts(question, clusterWith({ pods: [pod('todo-1', B.digest, conditions)] }));

    expect(facts?.pods).toEqual([{ name: 'todo-1', createdMs: ms(6), readyMs }]);
  });

  it('is nothing where the cluster has nothing of it, and no fact where it says nothing', () => {
    expect(rolloutFacts(question, clusterWith({}))).toEqual({ sync: undefined, deployment: undefined, pods: [] });
    expect(rolloutFacts(question, undefined)).toBeUndefined();
  });
});
