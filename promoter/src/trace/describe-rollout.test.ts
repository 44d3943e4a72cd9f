import { environmentKey, releaseSpanId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_URL,
  declare,
  environment,
  lineageOf,
  observed,
  release,
  sha,
  SOURCE_URL,
  sourceCommit,
} from '../../test/fixtures.ts';
import { describeFirstRequest, describeRollout, describeSync, type RolledOut, type Sync } from './describe-rollout.ts';
import type { FirstRequestFact } from './facts.ts';
import { commitSpanId, type TracedPromotion, tracedPromotion } from './traced-promotion.ts';

const NOW = 100_000;
const B = release('b');
const pipeline = declare();
const read = observed(pipeline, [environment(pipeline, 'dev')], { lineage: lineageOf(sourceCommit('b')) });
function traced(kind?: 'by hand'): TracedPromotion {
  const promotion = tracedPromotion(read, 'dev', B, kind && { kind, configUrl: CONFIG_URL, commit: sha('e') });
  if (!promotion) throw new Error('the promotion has no trace');
  return promotion;
}
const promotion = traced();
const idOf = (role: Parameters<typeof releaseSpanId>[1]): string =>
  releaseSpanId(promotion.traceId, role, environmentKey('dev', B.digest));

describe('a sync', () => {
  const sync: Sync = {
    application: 'todo-dev',
    committedMs: 1_500,
    startedMs: 4_000,
    finishedMs: 6_000,
    isManual: false,
    by: undefined,
    error: undefined,
  };
  const described = (more: Partial<Sync> = {}, of = promotion) => describeSync(of, { ...sync, ...more }, NOW);

  it('is an arrow from the config repository to Argo CD, and the lag until Argo CD saw the commit', () => {
    expect(described().map(({ role, service, kind, startMs, endMs }) => [role, service, kind, startMs, endMs])).toEqual(
      [
        ['sync', 'gitops-config', 'CLIENT', 1_500, 6_000],
        ['synced', 'argocd', 'SERVER', 4_000, 6_000],
        ['detect', 'argocd', 'INTERNAL', 1_500, 4_000],
      ],
    );
    expect(described().map(({ parentSpanId }) => parentSpanId)).toEqual([
      commitSpanId(promotion),
      idOf('sync'),
      idOf('sync'),
    ]);
    expect(described()[1]?.attributes).toMatchObject({
      'promoter.application': 'todo-dev',
      'cicd.pipeline.name': 'todo-dev',
      'cicd.pipeline.action.name': 'SYNC',
      'cicd.pipeline.result': 'success',
    });
  });

  it('hangs under the push of a person who committed by hand', () => {
    expect(described({}, traced('by hand'))[0]?.parentSpanId).toBe(commitSpanId(traced('by hand')));
  });

  it('that a person began is a wait for that person', () => {
    const [, synced, wait] = described({ isManual: true, by: 'dana' });

    expect(wait?.role).toBe('await sync');
    expect(synced?.attributes['promoter.actor']).toBe('dana');
  });

  it.each<[string, Partial<Sync>, [number, number][]]>([
    [
      'began before its commit',
      { startedMs: 1_000 },
      [
        [1_500, 6_000],
        [1_500, 6_000],
        [1_500, 1_500],
      ],
    ],
    [
      'ended before its commit',
      { startedMs: 1_000, finishedMs: 1_000 },
      [
        [1_500, 1_500],
        [1_500, 1_500],
        [1_500, 1_500],
      ],
    ],
  ])('that %s, by a clock of seconds, began with it', (_case, more, times) => {
    expect(described(more).map(({ startMs, endMs }) => [startMs, endMs])).toEqual(times);
  });

  it('that failed is an error on both sides', () => {
    const [client, server, wait] = described({ error: 'no such kind' });

    expect([client?.error, server?.error, wait?.error]).toEqual(['no such kind', 'no such kind', undefined]);
    expect(server?.attributes).toMatchObject({ 'cicd.pipeline.result': 'failure', 'error.type': 'sync_failed' });
  });
});

describe('a rollout', () => {
  const rolledOut: RolledOut = {
    service: 'todo',
    deployment: { name: 'todo', namespace: 'todo-dev' },
    startedMs: 6_000,
    endedMs: 9_000,
    error: undefined,
    pods: [],
    links: [],
  };
  const described = (more: Partial<RolledOut> = {}) => describeRollout(promotion, { ...rolledOut, ...more }, NOW);

  it('is an arrow from Argo CD to the service that is delivered', () => {
    expect(described().map(({ role, service, kind, parentSpanId }) => [role, service, kind, parentSpanId])).toEqual([
      ['rollout', 'argocd', 'CLIENT', idOf('synced')],
      ['rolled out', 'todo', 'SERVER', idOf('rollout')],
    ]);
    expect(described()[1]?.attributes).toMatchObject({
      'deployment.name': 'todo/dev',
      'deployment.status': 'succeeded',
      'k8s.deployment.name': 'todo',
      'k8s.namespace.name': 'todo-dev',
    });
    expect(described({ deployment: undefined })[1]?.attributes).not.toHaveProperty('k8s.deployment.name');
  });

  it('that turned Degraded failed, for its reason', () => {
    const spans = described({ error: 'crash loop', pods: [{ name: 'todo-1', createdMs: 7_000, readyMs: undefined }] });

    expect(spans.map(({ error }) => error)).toEqual(['crash loop', 'crash loop', 'crash loop']);
    expect(spans[1]?.attributes).toMatchObject({
      'deployment.status': 'failed',
      'error.type': 'degraded',
      'promoter.reason': 'crash loop',
    });
  });

  it.each<[string, number, number | undefined, string | undefined, object]>([
    [
      'from when it was made until it was ready',
      7_000,
      8_000,
      undefined,
      { startMs: 7_000, endMs: 8_000, error: undefined },
    ],
    ['from the rollout, where it seems to be older', 5_000, 8_000, undefined, { startMs: 6_000, endMs: 8_000 }],
    [
      'until the end, where it is not known when it was ready',
      7_000,
      undefined,
      undefined,
      { endMs: 9_000, error: undefined },
    ],
    [
      'without an error, where it was ready all the same',
      7_000,
      8_000,
      'crash loop',
      { endMs: 8_000, error: undefined },
    ],
  ])('has its pods in it: %s', (_case, createdMs, readyMs, error, expected) => {
    const [, server, pod] = described({ error, pods: [{ name: 'todo-1', createdMs, readyMs }] });

    expect(pod).toMatchObject({ role: 'pod', service: 'todo', parentSpanId: server?.spanId, ...expected });
    expect(pod?.attributes['k8s.pod.name']).toBe('todo-1');
  });

  it('gives every pod a span of its own', () => {
    const pods = ['todo-1', 'todo-2'].map((name) => ({ name, createdMs: 7_000, readyMs: 8_000 }));

    expect(new Set(described({ pods }).map(({ spanId }) => spanId)).size).toBe(4);
  });

  it('is linked to what it also belongs to', () => {
    const links = [{ traceId: 'other', spanId: 'promote' }];

    expect(described({ links })[1]?.links).toEqual(links);
  });
});

describe('a first request', () => {
  const fact: FirstRequestFact = {
    kind: 'first request',
    repositoryUrl: 'https://github.com/Acme/Todo.git',
    commit: sha('b'),
    environment: 'dev',
    digest: B.digest,
    startedMs: 9_000,
    endedMs: 9_010,
    trace: { traceId: 'own', spanId: 'request' },
  };

  it('has the ids that the service gives it itself, under the rollout, linked to its own trace', () => {
    expect(describeFirstRequest(fact, 'todo')).toMatchObject([
      {
        traceId: promotion.traceId,
        spanId: idOf('first request'),
        parentSpanId: idOf('rolled out'),
        service: 'todo',
        startMs: 9_000,
        endMs: 9_010,
        attributes: {
          'vcs.repository.url.full': SOURCE_URL,
          'deployment.environment.name': 'dev',
          'promoter.pipeline': 'todo',
        },
        links: [{ traceId: 'own', spanId: 'request' }],
      },
    ]);
    expect(describeFirstRequest({ ...fact, trace: undefined }, 'todo')[0]?.links).toEqual([]);
  });
});
