import { createLogger } from '@delivery/telemetry/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CONFIG_URL, declare, environment, known, observed, record, release } from '../../test/fixtures.ts';
import type { RecordedEvent } from '../../test/recording.ts';
import { type ReplayedCluster, startReplayedCluster } from '../../test/replayed-cluster.ts';
import type { Rollout } from '../decide/promotion.ts';
import type { AskedEnvironment } from '../ports.ts';
import { type ClusterDeps, createCluster, type WatchedCluster } from './cluster.ts';

const B = release('b');
const SYNCED = '2026-11-23T10:00:00Z';
const image = `ghcr.io/acme/todo:main-11@${B.digest}`;
const logger = createLogger({ service: 'promoter', level: 'silent' });

function asking(application: string): AskedEnvironment {
  const pipeline = declare({ environments: [{ name: 'dev', manifest: 'dev.yaml', application }] });
  const dev = environment(pipeline, 'dev', B, { record: record('dev', B, { commit: 'c2', committedAt: SYNCED }) });
  const question = {
    environment: dev.declared,
    repository: CONFIG_URL,
    digest: B.digest,
    record: dev.record,
    recentCommits: ['c2', 'c1'],
  };
  return { known: known(observed(pipeline, [dev])), environment: dev, question };
}

function event(kind: string, name: string, namespace: string, more: object): RecordedEvent {
  const metadata = { name, namespace, resourceVersion: '7', generation: 1 };
  return { receivedAt: SYNCED, type: 'ADDED', object: { kind, metadata, ...more } };
}
const application = (name: string, namespace = 'argocd', health = 'Healthy') =>
  event('Application', name, namespace, {
    status: {
      sync: { status: 'Synced', revision: 'c2' },
      health: { status: health, lastTransitionTime: SYNCED },
      operationState: { phase: 'Succeeded', startedAt: SYNCED, finishedAt: SYNCED, syncResult: { revision: 'c2' } },
      reconciledAt: SYNCED,
      summary: { images: [image] },
      resources: [{ group: 'apps', kind: 'StatefulSet', name: 'todo', namespace: 'todo-dev' }],
    },
  });
const statefulSet = (availableReplicas: number) =>
  event('StatefulSet', 'todo', 'todo-dev', {
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'todo' } },
      template: { spec: { containers: [{ name: 'todo', image }] } },
    },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas },
  });

describe('a cluster', () => {
  let server: ReplayedCluster;
  let cluster: WatchedCluster | undefined;
  let asked: AskedEnvironment[];
  let answers: Rollout[];
  beforeEach(async () => {
    server = await startReplayedCluster();
    asked = [asking('todo-dev')];
    answers = [];
  });
  afterEach(async () => {
    cluster?.stop();
    await server.close();
  });

  function start(more: Partial<ClusterDeps> = {}): WatchedCluster {
    cluster = createCluster({
      settings: { kubeconfig: server.kubeconfig, namespace: 'argocd' },
      asked: (name) => asked.filter(({ question }) => question.environment.application === name),
      keepAnswer: (_pipeline, _environment, { rollout }) => answers.push(rollout) > 0,
      onObserved: () => undefined,
      onAnswerChanged: () => undefined,
      onChange: () => undefined,
      clock: () => new Date(SYNCED),
      logger,
      ...more,
    });
    cluster.start();
    return cluster;
  }
  const lastAnswer = (): Rollout | undefined => answers.at(-1);

  it('that is not configured knows nothing', () => {
    expect(start({ settings: undefined }).rollout(asking('todo-dev').question).rollout).toEqual({
      state: 'unknown',
      reason: 'no cluster is configured (KUBECONFIG)',
    });
  });

  it('looks again when a deadline passes without an event, and gives up on what is still not ready', async () => {
    let now = Date.parse(SYNCED) + 600_000 - 50;
    server.apply(statefulSet(0));
    server.apply(application('todo-dev', 'argocd', 'Progressing'));
    start({ clock: () => new Date(now) });

    await vi.waitFor(() => expect(lastAnswer()).toMatchObject({ state: 'progressing', until: '2026-11-23T10:10:00Z' }));
    now += 50;
    await vi.waitFor(
      () => expect(lastAnswer()).toMatchObject({ state: 'degraded', since: '2026-11-23T10:10:00Z' }),
      10_000,
    );
  });

  it('says so when an Application is deleted', async () => {
    server.apply(statefulSet(1));
    server.apply(application('todo-dev'));
    start();
    await vi.waitFor(() => expect(lastAnswer()?.state).toBe('healthy'), 10_000);
    await server.watched();

    server.apply({ ...application('todo-dev'), type: 'DELETED' });

    await vi.waitFor(
      () => expect(lastAnswer()).toEqual({ state: 'unknown', reason: 'Argo CD has no Application todo-dev' }),
      10_000,
    );
  });

  it('does not go on with what it knew where an Application is no longer understood', async () => {
    server.apply(statefulSet(1));
    server.apply(application('todo-dev'));
    const { rollout } = start();
    await vi.waitFor(() => expect(lastAnswer()?.state).toBe('healthy'), 10_000);
    await server.watched();

    server.apply(event('Application', 'todo-dev', 'argocd', { status: { operationState: { phase: 'Paused' } } }));

    const unknown = { state: 'unknown', reason: 'Application todo-dev in namespace argocd is not understood' };
    await vi.waitFor(() => expect(lastAnswer()).toEqual(unknown), 10_000);
    expect(rollout(asking('todo-dev').question).rollout).toEqual(unknown);
  });

  it("reads an Application in another namespace, which is named with it, and none of the same name in Argo CD's own", async () => {
    asked = [asking('team-a/todo-dev')];
    server.apply(statefulSet(1));
    server.apply(application('todo-dev', 'argocd', 'Degraded'));
    server.apply(application('todo-dev', 'team-a'));
    const { prepare, rollout } = start();
    const question = asked[0]?.question as AskedEnvironment['question'];

    await vi.waitFor(async () => {
      await prepare(['team-a/todo-dev']);
      expect(rollout(question).rollout.state).toBe('healthy');
    }, 10_000);
    expect(answers.map(({ state }) => state)).not.toContain('progressing');
  });

  it('reads an Application that is asked about for the first time, before there is an answer', async () => {
    const later = asking('todo-dev');
    asked = [];
    server.apply(statefulSet(1));
    server.apply(application('todo-dev'));
    const { prepare, rollout, problem } = start();
    await vi.waitFor(() => expect(problem()).toBeUndefined(), 10_000);
    expect(rollout(later.question).rollout).toEqual({
      state: 'unknown',
      reason: 'Application todo-dev was not read yet',
    });

    await prepare(['todo-dev', 'todo-dev']);

    expect(rollout(later.question).rollout.state).toBe('healthy');
  });

  it('watches a bounded number of namespaces', () => {
    const { rollout } = start();
    const reasons = Array.from({ length: 21 }, (_, at) => {
      const answer = rollout(asking(`team-${at}/todo-dev`).question).rollout;
      return 'reason' in answer ? answer.reason : '';
    });

    expect(reasons.at(-1)).toBe('Applications in more than 20 namespaces are not watched');
  });
});
