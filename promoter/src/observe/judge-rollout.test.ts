import { describe, expect, it } from 'vitest';
import { CONFIG_URL, record } from '../../test/fixtures.ts';
import type { Environment, Pipeline } from '../decide/pipeline.ts';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { RolloutQuestion } from '../ports.ts';
import { type ClusterFacts, judgeRollout as judgeAt } from './judge-rollout.ts';
import { Application } from './parse-application.ts';
import { Deployment, Workload } from './parse-workload.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const image = `ghcr.io/acme/todo:main-2@${digest}`;
const { pipelines } = parsePromotionFile(
  'p.yaml',
  'pipelines:\n  - name: todo\n    image: ghcr.io/acme/todo\n    tags: (?<number>\\d+)\n    environments: [{ name: dev, manifest: dev.yaml, application: todo-dev }]\n',
);
const pipeline = pipelines[0] as Pipeline;
const release = { image: 'ghcr.io/acme/todo', tag: 'main-2', digest, commit: undefined };
const question: RolloutQuestion = {
  environment: pipeline.environments[0] as Environment,
  repository: CONFIG_URL,
  digest,
  record: record('dev', release, { commit: 'c2' }),
  recentCommits: ['c3', 'c2', 'c1'],
};

const NOW = new Date('2026-11-23T10:05:00Z');
const judgeRollout = (asked: RolloutQuestion, facts: ClusterFacts | undefined) => judgeAt(asked, facts, NOW);

type Change = (
  status: Record<string, unknown>,
  deployment: { metadata: { generation: number }; status: Record<string, unknown> },
) => void;

/** Everything proven, less what a test takes away. */
function factsWith(change: Change = () => undefined): ClusterFacts {
  const status: Record<string, unknown> = {
    sync: { status: 'Synced', revision: 'c3' },
    health: { status: 'Healthy', lastTransitionTime: '2026-11-23T10:00:20Z' },
    operationState: { phase: 'Succeeded', finishedAt: '2026-11-23T10:00:05Z', syncResult: { revision: 'c2' } },
    reconciledAt: '2026-11-23T10:00:06Z',
    summary: { images: [image] },
  };
  const deployment = {
    kind: 'Deployment',
    metadata: { name: 'todo', namespace: 'todo-dev', generation: 2 },
    spec: { replicas: 1, template: { spec: { containers: [{ image }] } } },
    status: {
      observedGeneration: 2,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      conditions: [
        { type: 'Available', status: 'True', lastTransitionTime: '2026-11-23T10:00:18Z' },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          lastUpdateTime: new Date('2026-11-23T10:00:19Z'),
          lastTransitionTime: '2026-11-01T00:00:00Z',
        },
      ],
    } as Record<string, unknown>,
  };
  change(status, deployment);
  return {
    application: Application.parse({ metadata: { name: 'todo-dev', namespace: 'argocd' }, status }),
    workloads: [Deployment.parse(deployment)],
    unreadable: undefined,
    pods: [],
    hasAllPods: true,
    windows: '',
  };
}

describe('a rollout is judged', () => {
  it('healthy since the last thing that had to happen', () => {
    expect(judgeRollout(question, factsWith())).toEqual({ state: 'healthy', digest, since: '2026-11-23T10:00:20Z' });
  });

  it('healthy since the Deployment completed, where the application never left Healthy', () => {
    const facts = factsWith(
      (status) => (status['health'] = { status: 'Healthy', lastTransitionTime: '2026-10-01T00:00:00Z' }),
    );
    expect(judgeRollout(question, facts)).toMatchObject({ state: 'healthy', since: '2026-11-23T10:00:19Z' });
  });

  it.each<[string, Change, RegExp]>([
    [
      'Argo CD has synced only what came before',
      (status) =>
        Object.assign(status, {
          sync: { status: 'Synced', revision: 'c1' },
          operationState: { phase: 'Succeeded', finishedAt: '2026-11-23T09:00:00Z', syncResult: { revision: 'c1' } },
        }),
      /has not synced c2 yet/,
    ],
    [
      'the sync runs',
      (status) => (status['operationState'] = { phase: 'Running', syncResult: { revision: 'c2' } }),
      /is syncing/,
    ],
    [
      'health is still the one from before the sync',
      (status) => (status['reconciledAt'] = '2026-11-23T10:00:04Z'),
      /has not looked at the result/,
    ],
    [
      'the comparison of that second was before the sync',
      (status) => Object.assign(status, { reconciledAt: '2026-11-23T10:00:05Z', sync: { status: 'OutOfSync' } }),
      /OutOfSync/,
    ],
    [
      'the Deployment has not been seen by its controller',
      (_status, deployment) => (deployment.metadata.generation = 3),
      /rolling out/,
    ],
    ['old pods are still there', (_status, deployment) => (deployment.status['replicas'] = 2), /rolling out/],
    [
      'the new pod is not available',
      (_status, deployment) => (deployment.status['availableReplicas'] = 0),
      /rolling out/,
    ],
    [
      'Argo CD says Degraded, which no workload of the digest is',
      (status) => (status['health'] = { status: 'Degraded', lastTransitionTime: '2026-11-23T09:03:00Z' }),
      /something else in the Application is at fault/,
    ],
    ['Argo CD says Progressing', (status) => (status['health'] = { status: 'Progressing' }), /Progressing/],
    [
      'the digest is not among the live images',
      (status) => (status['summary'] = { images: ['ghcr.io/acme/todo:main-1@sha256:old'] }),
      /live images/,
    ],
  ])('progressing while %s', (_case, change, reason) => {
    const rollout = judgeRollout(question, factsWith(change));
    expect(rollout.state).toBe('progressing');
    expect('reason' in rollout ? rollout.reason : '').toMatch(reason);
  });

  it('by the revision only as far as the recent history reaches', () => {
    const facts = factsWith((status) =>
      Object.assign(status, {
        sync: { status: 'Synced', revision: 'long ago' },
        operationState: {
          phase: 'Succeeded',
          finishedAt: '2026-11-23T10:00:05Z',
          syncResult: { revision: 'long ago' },
        },
      }),
    );
    expect(judgeRollout({ ...question, recentCommits: [] }, facts).state).toBe('healthy');
    expect(judgeRollout(question, facts)).toMatchObject({ state: 'progressing', awaitsSync: true });
  });

  it('by the comparison, where the commit brought what ran already and nothing had to be synced', () => {
    const facts = factsWith(
      (status) =>
        (status['operationState'] = {
          phase: 'Succeeded',
          finishedAt: '2026-11-23T09:00:00Z',
          syncResult: { revision: 'c1' },
        }),
    );
    expect(judgeRollout(question, facts)).toMatchObject({ state: 'healthy', since: '2026-11-23T10:00:20Z' });
  });

  it.each<[string, Change, string]>([
    [
      'the progress deadline passed',
      (_status, deployment) =>
        (deployment.status['conditions'] = [
          {
            type: 'Progressing',
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: 'timed out',
            lastUpdateTime: '2026-11-23T10:02:00Z',
          },
        ]),
      '2026-11-23T10:02:00Z',
    ],
    [
      'the sync failed',
      (status) =>
        (status['operationState'] = {
          phase: 'Failed',
          finishedAt: '2026-11-23T10:00:09Z',
          message: 'no such kind',
          syncResult: { revision: 'c2' },
        }),
      '2026-11-23T10:00:09Z',
    ],
  ])('degraded when %s', (_case, change, since) => {
    expect(judgeRollout(question, factsWith(change))).toMatchObject({ state: 'degraded', digest, since });
  });

  it('unknown without an Application, and where Argo CD cannot compare', () => {
    expect(judgeRollout(question, undefined)).toEqual({
      state: 'unknown',
      reason: 'Argo CD has no Application todo-dev',
    });
    const facts = factsWith(
      (status) => (status['conditions'] = [{ type: 'ComparisonError', message: 'no such path' }]),
    );
    expect(judgeRollout(question, facts)).toMatchObject({
      state: 'unknown',
      reason: 'Argo CD cannot compare: no such path',
    });
  });

  it('unknown where a workload may not be read', () => {
    const reason = 'forbidden: the promoter may not get statefulsets in namespace todo-dev';

    expect(judgeRollout(question, { ...factsWith(), unreadable: reason })).toEqual({ state: 'unknown', reason });
  });

  it('degraded not before the sync that brought the digest', () => {
    const facts = factsWith((_status, deployment) => {
      deployment.status['conditions'] = [
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          lastUpdateTime: '2026-11-23T09:00:00Z',
        },
      ];
    });

    expect(judgeRollout(question, facts)).toMatchObject({ state: 'degraded', since: '2026-11-23T10:00:05Z' });
  });

  it('progressing where it runs and a later commit fails: that is not the fault of this release', () => {
    const operationState = {
      phase: 'Failed',
      finishedAt: '2026-11-23T10:02:00Z',
      message: 'no such kind',
      syncResult: { revision: 'c3' },
    };

    expect(
      judgeRollout(
        question,
        factsWith((status) => (status['operationState'] = operationState)),
      ),
    ).toEqual({
      state: 'progressing',
      reason: 'a later commit is not deployed: the sync failed: no such kind',
    });
  });
});

describe('several workloads', () => {
  const template = { spec: { containers: [{ image }] } };
  const workload = (kind: string, name: string, spec: object, status: object): Workload =>
    Workload.parse({
      kind,
      metadata: { name, namespace: 'todo-dev', generation: 2 },
      spec: { template, ...spec },
      status,
    });
  const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const scaledToZero = workload('Deployment', 'todo', { replicas: 0 }, { observedGeneration: 2 });
  const judged = (...workloads: Workload[]) => judgeRollout(question, { ...factsWith(), workloads });

  it('must all be complete', () => {
    const worker = workload('StatefulSet', 'worker', { replicas: 2 }, { ...done, replicas: 2 });

    expect(judged(workload('Deployment', 'todo', {}, done), worker)).toMatchObject({
      state: 'progressing',
      reason: 'StatefulSet worker is rolling out: 1 of 2 updated, 1 available',
    });
  });

  it('may be scaled to nothing as long as one runs', () => {
    expect(
      judged(
        scaledToZero,
        workload(
          'DaemonSet',
          'agent',
          {},
          { observedGeneration: 2, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
        ),
      ).state,
    ).toBe('healthy');
  });

  it('prove nothing where none runs, though the pod of a Job has the digest: the canary was taken away, and its Deployment stayed at 0', () => {
    expect(judged(scaledToZero)).toEqual({
      state: 'progressing',
      reason: 'Deployment todo is scaled to 0: nothing proves the release',
    });
  });

  it('are one where an Argo Rollout runs the pods of a Deployment at 0', () => {
    const canary = (phase: string) =>
      workload(
        'Rollout',
        'todo',
        { template: undefined, replicas: 1, workloadRef: { kind: 'Deployment', name: 'todo' } },
        {
          observedGeneration: '2',
          workloadObservedGeneration: '2',
          phase,
          stableRS: 'b',
          currentPodHash: 'b',
          updatedReplicas: 1,
          availableReplicas: 1,
        },
      );

    expect(judged(scaledToZero, canary('Paused'))).toMatchObject({
      state: 'progressing',
      reason: 'Rollout todo is paused',
    });
    expect(judged(scaledToZero, canary('Healthy')).state).toBe('healthy');
  });
});

describe('a StatefulSet that never becomes ready', () => {
  const set = Workload.parse({
    kind: 'StatefulSet',
    metadata: { name: 'todo', namespace: 'todo-dev', generation: 2 },
    spec: { replicas: 1, template: { spec: { containers: [{ image }] } } },
    status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1 },
  });
  const facts = { ...factsWith((status) => (status['health'] = { status: 'Progressing' })), workloads: [set] };
  const at = (time: string, more: Partial<ClusterFacts> = {}) =>
    judgeAt(question, { ...facts, ...more }, new Date(time));

  it('is looked at again when our deadline passes, and is degraded from then on', () => {
    expect(at('2026-11-23T10:10:04Z')).toMatchObject({ state: 'progressing', until: '2026-11-23T10:10:05Z' });
    expect(at('2026-11-23T10:10:05Z')).toEqual({
      state: 'degraded',
      digest,
      since: '2026-11-23T10:10:05Z',
      reason: 'StatefulSet todo made no progress for 10 minutes',
    });
  });

  it('has no deadline where its pods may not be listed, for it may progress pod by pod', () => {
    expect(at('2026-11-23T12:00:00Z', { hasAllPods: false })).toMatchObject({ state: 'progressing' });
  });
});

describe('an Application without a workload of a kind that is read', () => {
  const alone = (change: (status: Record<string, unknown>) => unknown = () => undefined) =>
    judgeRollout(question, { ...factsWith((status) => void change(status)), workloads: [] });

  it('is judged by Argo CD and the live images alone', () => {
    expect(alone()).toEqual({ state: 'healthy', digest, since: '2026-11-23T10:00:20Z' });
    expect(alone((status) => (status['summary'] = { images: [] }))).toMatchObject({ state: 'progressing' });
    expect(alone((status) => (status['health'] = { status: 'Missing' }))).toMatchObject({ state: 'progressing' });
  });

  it('proves nothing by a Job, whose pod has the same image', () => {
    expect(alone((status) => (status['resources'] = [{ group: 'batch', kind: 'Job', name: 'migrate' }]))).toMatchObject(
      {
        state: 'progressing',
        reason: 'Argo CD lists no workload that could be read, and the image of a Job proves nothing',
      },
    );
  });

  it('waits for the workloads that it lists', () => {
    expect(
      alone((status) => (status['resources'] = [{ group: 'apps', kind: 'StatefulSet', name: 'todo' }])),
    ).toMatchObject({
      state: 'progressing',
      reason: 'no workload of this Application is there yet',
    });
  });
});
