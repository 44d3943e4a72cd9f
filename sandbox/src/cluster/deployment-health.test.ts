import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { worstHealth } from './deployment-health.ts';
import { deploymentStatus } from './deployment-status.ts';

const at = '2026-11-23T10:00:00Z';
const progressing = { reason: 'ReplicaSetUpdated', message: 'todo is progressing' };
const failed = { reason: 'ProgressDeadlineExceeded', message: 'todo has timed out progressing' };

const deployment = (generation: number, status?: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'todo', namespace: 'todo-dev', generation },
  spec: { replicas: 1 },
  ...(status ? { status } : {}),
});
const reported = (isReady: boolean, progress = progressing) =>
  deploymentStatus(undefined, { generation: 1, isReady, progress, at });

describe('the health of Deployments', () => {
  it.each([
    ['none', [], 'Missing'],
    ['one that nobody has seen yet', [deployment(1)], 'Progressing'],
    ['one whose status is of an older generation', [deployment(2, reported(true))], 'Progressing'],
    ['one that is not available yet', [deployment(1, reported(false))], 'Progressing'],
    ['one that is available', [deployment(1, reported(true))], 'Healthy'],
    ['one that missed its deadline', [deployment(1, reported(false, failed))], 'Degraded'],
    ['several', [deployment(1, reported(true)), deployment(1, reported(false, failed))], 'Degraded'],
  ] as const)('of %s is %j', (_case, deployments, status) => {
    expect(worstHealth(deployments).status).toBe(status);
  });
});

describe('the status of a Deployment', () => {
  it('keeps the times of conditions that stay the same', () => {
    const before = reported(false);
    const later = '2026-11-23T10:01:00Z';
    const after = deploymentStatus(before, { generation: 1, isReady: true, progress: progressing, at: later });

    expect(after.conditions.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
      ['Available', later],
      ['Progressing', at],
    ]);
  });
});
