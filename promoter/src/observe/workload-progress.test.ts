import { describe, expect, it } from 'vitest';
import { Workload } from './parse-workload.ts';
import { latest, progressOf, sizeOf } from './workload-progress.ts';

const template = { spec: { containers: [{ image: 'todo:1' }] } };
const [EARLIER, LATER] = ['2026-11-23T10:00:00Z', '2026-11-23T10:01:00Z'];

const workload = (kind: string, spec: object, status: object): Workload =>
  Workload.parse({
    kind,
    metadata: { name: 'todo', namespace: 'todo-dev', generation: 2 },
    spec: { template, ...spec },
    status,
  });
const ofKind = (kind: string) => (spec: object, status: object) => {
  const one = workload(kind, spec, status);
  return progressOf(one, [one]);
};

describe('a Deployment', () => {
  const progress = ofKind('Deployment');
  const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  const conditions = [
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: LATER },
    { type: 'Available', status: 'True', lastTransitionTime: EARLIER },
  ];
  const exceeded = {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'timed out',
    lastUpdateTime: LATER,
  };

  it('is complete since the last of its conditions', () => {
    expect(progress({ replicas: 2 }, { ...done, conditions })).toEqual({ state: 'complete', since: LATER });
  });

  it.each([
    [
      'rolls out while its controller has not seen it',
      { replicas: 2 },
      { ...done, observedGeneration: 1 },
      'rolling out',
    ],
    ['rolls out while old pods are there', { replicas: 2 }, { ...done, replicas: 3 }, 'rolling out'],
    ['rolls out while counts of 0 are absent', { replicas: 2 }, { observedGeneration: 2 }, 'rolling out'],
    ['waits where somebody paused it', { replicas: 2, paused: true }, { observedGeneration: 2 }, 'waiting'],
    ['proves nothing with nought of nought pods', { replicas: 0 }, { observedGeneration: 2 }, 'empty'],
    ['has failed at its deadline', { replicas: 2 }, { ...done, conditions: [exceeded] }, 'failed'],
    [
      'has not failed by a deadline of the generation before',
      { replicas: 2 },
      { ...done, observedGeneration: 1, conditions: [exceeded] },
      'rolling out',
    ],
  ])('%s', (_case, spec, status, state) => {
    expect(progress(spec, status).state).toBe(state);
  });
});

describe('a StatefulSet', () => {
  const progress = ofKind('StatefulSet');
  const done = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };

  it.each([
    ['is complete when all pods are updated and available', { replicas: 3 }, done, 'complete'],
    ['rolls out pod by pod', { replicas: 3 }, { ...done, updatedReplicas: 1 }, 'rolling out'],
    ['rolls out while one is not available', { replicas: 3 }, { ...done, availableReplicas: 2 }, 'rolling out'],
    [
      'rolls out while its controller has not seen it',
      { replicas: 3 },
      { ...done, observedGeneration: 1 },
      'rolling out',
    ],
    [
      'waits at its partition',
      { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      { ...done, updatedReplicas: 1 },
      'waiting',
    ],
    [
      'waits for a person with OnDelete',
      { replicas: 3, updateStrategy: { type: 'OnDelete' } },
      { ...done, updatedReplicas: 1 },
      'waiting',
    ],
    ['proves nothing with nought of nought pods', { replicas: 0 }, { observedGeneration: 2 }, 'empty'],
  ])('%s', (_case, spec, status, state) => {
    expect(progress(spec, status).state).toBe(state);
  });
});

describe('a DaemonSet', () => {
  const progress = ofKind('DaemonSet');
  const done = { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };

  it.each([
    ['is complete when all nodes have it', {}, done, 'complete'],
    ['rolls out node by node', {}, { ...done, updatedNumberScheduled: 1 }, 'rolling out'],
    ['rolls out while one is not available', {}, { ...done, numberAvailable: 1 }, 'rolling out'],
    ['rolls out while its controller has not seen it', {}, { ...done, observedGeneration: 1 }, 'rolling out'],
    [
      'waits for a person with OnDelete',
      { updateStrategy: { type: 'OnDelete' } },
      { ...done, updatedNumberScheduled: 1 },
      'waiting',
    ],
    ['proves nothing where no node wants it', {}, { observedGeneration: 2 }, 'empty'],
  ])('%s', (_case, spec, status, state) => {
    expect(progress(spec, status).state).toBe(state);
  });
});

describe('an Argo Rollout', () => {
  const progress = ofKind('Rollout');
  const done = {
    observedGeneration: '2',
    phase: 'Healthy',
    stableRS: 'b',
    currentPodHash: 'b',
    updatedReplicas: 2,
    availableReplicas: 2,
    conditions: [{ type: 'Healthy', status: 'True', lastTransitionTime: LATER }],
  };

  it('is complete since it turned Healthy', () => {
    expect(progress({ replicas: 2 }, done)).toEqual({ state: 'complete', since: LATER });
  });

  it.each([
    ['rolls out while its phase is of the generation before', { ...done, observedGeneration: '1' }, 'rolling out'],
    ['rolls out while another ReplicaSet is stable', { ...done, stableRS: 'a' }, 'rolling out'],
    ['waits at a pause of its canary', { ...done, phase: 'Paused', message: 'CanaryPauseStep' }, 'waiting'],
    ['has failed when it was aborted', { ...done, phase: 'Degraded', abortedAt: LATER }, 'failed'],
    [
      'has not failed where the phase is of the generation before',
      { ...done, observedGeneration: '1', phase: 'Degraded' },
      'rolling out',
    ],
  ])('%s', (_case, status, state) => {
    expect(progress({ replicas: 2 }, status).state).toBe(state);
  });

  it('that was aborted says which metric of its analysis failed', () => {
    const message = 'RolloutAborted: Rollout aborted update to revision 2: metric "errors" assessed Failed';

    expect(progress({ replicas: 2 }, { ...done, phase: 'Degraded', abortedAt: LATER, message })).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(message) as string,
    });
  });

  it('proves nothing with nought of nought pods', () => {
    expect(progress({ replicas: 0 }, done)).toMatchObject({ state: 'empty' });
  });

  it('that takes the template of a Deployment rolls out until it has seen that one', () => {
    const deployment = workload('Deployment', { replicas: 0 }, {});
    const spec = { template: undefined, replicas: 2, workloadRef: { kind: 'Deployment', name: 'todo' } };
    const seen = (generation: string) => workload('Rollout', spec, { ...done, workloadObservedGeneration: generation });

    expect(progressOf(seen('1'), [deployment, seen('1')]).state).toBe('rolling out');
    expect(progressOf(seen('2'), [deployment, seen('2')]).state).toBe('complete');
  });
});

describe('the size of a workload', () => {
  it('is what it asks for, and what serves', () => {
    expect(sizeOf(workload('Deployment', { replicas: 3 }, { availableReplicas: 2 }))).toEqual({
      desired: 3,
      available: 2,
    });
    expect(sizeOf(workload('DaemonSet', {}, { desiredNumberScheduled: 3 }))).toEqual({ desired: 3, available: 0 });
  });
});

describe('the latest of times', () => {
  it('is none of none', () => {
    expect(latest([])).toBeUndefined();
    expect(latest([LATER, EARLIER])).toBe(LATER);
  });
});
