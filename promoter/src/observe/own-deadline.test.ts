import { describe, expect, it } from 'vitest';
import { ownDeadline } from './own-deadline.ts';
import { Pod } from './parse-pod.ts';
import { StatefulSet } from './parse-workload.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const container = { image: `ghcr.io/acme/todo:main-2@${digest}` };
const set = StatefulSet.parse({
  kind: 'StatefulSet',
  metadata: { name: 'todo', namespace: 'todo-dev', generation: 2 },
  spec: { template: { spec: { containers: [container] } } },
});
const pod = (name: string, createdAt: string, ready: object, more: { image?: string; owner?: string } = {}) =>
  Pod.parse({
    metadata: {
      name,
      creationTimestamp: createdAt,
      ownerReferences: [{ kind: more.owner ?? 'StatefulSet', name: 'todo', controller: true }],
    },
    spec: { containers: [{ image: more.image ?? container.image }] },
    status: { conditions: [{ type: 'Ready', ...ready }] },
  });
const notReady = {
  status: 'False',
  message: 'containers with unready status: [todo]',
  lastTransitionTime: '2026-11-23T10:09:00Z',
};
const SYNCED = '2026-11-23T10:00:00Z';

describe('the deadline of what Kubernetes never gives up on', () => {
  it('is ten minutes after the sync, where no pod was made', () => {
    expect(ownDeadline(set, [], digest, SYNCED)).toEqual({
      at: '2026-11-23T10:10:00Z',
      reason: 'StatefulSet todo made no progress for 10 minutes',
    });
  });

  it('is ten minutes after the last pod that was made or became ready, and names one that is not', () => {
    const pods = [
      pod('todo-2', '2026-11-23T10:01:00Z', { status: 'True', lastTransitionTime: '2026-11-23T10:03:00Z' }),
      pod('todo-1', '2026-11-23T10:04:00Z', notReady),
    ];

    expect(ownDeadline(set, pods, digest, SYNCED)).toEqual({
      at: '2026-11-23T10:14:00Z',
      reason:
        'StatefulSet todo made no progress for 10 minutes: pod todo-1 is not ready (containers with unready status: [todo])',
    });
  });

  it.each([
    ['another digest', pod('todo-1', '2026-11-23T10:08:00Z', notReady, { image: 'todo:1' })],
    ['a Job', pod('todo-migrate', '2026-11-23T10:08:00Z', notReady, { owner: 'Job' })],
  ])('is not moved by a pod of %s', (_case, other) => {
    expect(ownDeadline(set, [other], digest, SYNCED).at).toBe('2026-11-23T10:10:00Z');
  });

  it('is not moved by a pod that loses its readiness again and again', () => {
    expect(ownDeadline(set, [pod('todo-1', '2026-11-23T10:01:00Z', notReady)], digest, SYNCED).at).toBe(
      '2026-11-23T10:11:00Z',
    );
  });
});
