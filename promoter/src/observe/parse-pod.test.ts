import { describe, expect, it } from 'vitest';
import { isPodOf, Pod } from './parse-pod.ts';
import { Workload } from './parse-workload.ts';

const container = { image: 'ghcr.io/acme/todo:main-1' };

describe('a Pod', () => {
  const pod = {
    metadata: { name: 'todo-1', creationTimestamp: new Date('2026-11-23T10:00:00Z') },
    spec: { containers: [container] },
  };

  it('is read before it has a status, with the time at which it was made', () => {
    expect(Pod.parse(pod)).toEqual({
      metadata: { name: 'todo-1', creationTimestamp: '2026-11-23T10:00:00Z' },
      spec: { containers: [container] },
      status: { conditions: [] },
    });
  });

  it('has conditions that may have no time', () => {
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: null }];

    expect(Pod.parse({ ...pod, status: { conditions } }).status.conditions).toEqual(conditions);
  });
});

describe('a pod belongs to', () => {
  const owned = (kind: string, name: string, labels: object = {}) =>
    Pod.parse({
      metadata: {
        name: 'todo-1',
        creationTimestamp: '2026-11-23T10:00:00Z',
        labels,
        ownerReferences: [{ kind, name, controller: true }],
      },
      spec: { containers: [container] },
    });
  const workload = (kind: string) =>
    Workload.parse({
      kind,
      metadata: { name: 'todo', namespace: 'todo-dev', generation: 1 },
      spec: { template: { spec: { containers: [container] } } },
    });

  it.each([
    [
      'a Deployment, through a ReplicaSet',
      'Deployment',
      owned('ReplicaSet', 'todo-5d8f', { 'pod-template-hash': '5d8f' }),
    ],
    [
      'an Argo Rollout, likewise',
      'Rollout',
      owned('ReplicaSet', 'todo-5d8f', { 'rollouts-pod-template-hash': '5d8f' }),
    ],
    ['a StatefulSet', 'StatefulSet', owned('StatefulSet', 'todo')],
    ['a DaemonSet', 'DaemonSet', owned('DaemonSet', 'todo')],
  ])('%s', (_case, kind, pod) => {
    expect(isPodOf(pod, workload(kind))).toBe(true);
  });

  it.each([
    ['a Job', 'Deployment', owned('Job', 'todo-migrate', { 'job-name': 'todo-migrate' })],
    ['another Deployment', 'Deployment', owned('ReplicaSet', 'todo-db-5d8f', { 'pod-template-hash': '5d8f' })],
    ['the Deployment before the Rollout', 'Rollout', owned('ReplicaSet', 'todo-5d8f', { 'pod-template-hash': '5d8f' })],
    ['another StatefulSet', 'StatefulSet', owned('StatefulSet', 'todo-db')],
  ])('nobody else: not that of %s', (_case, kind, pod) => {
    expect(isPodOf(pod, workload(kind))).toBe(false);
  });
});
