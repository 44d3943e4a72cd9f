import { describe, expect, it } from 'vitest';
import { ArgoRollout, Deployment, imagesOf, Workload, workloadsWith } from './parse-workload.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const container = { image: `ghcr.io/acme/todo:main-1@${digest}` };
const template = { spec: { containers: [container] } };
const deployment = {
  kind: 'Deployment',
  metadata: { name: 'todo', namespace: 'todo-dev', generation: 2 },
  spec: { template },
};

describe('a Deployment', () => {
  it('that its controller has not seen has done nothing yet', () => {
    expect(Deployment.parse(deployment)).toMatchObject({
      spec: { replicas: 1 },
      status: { observedGeneration: 0, replicas: 0, updatedReplicas: 0, availableReplicas: 0, conditions: [] },
    });
  });

  it('may be scaled to zero', () => {
    expect(Deployment.parse({ ...deployment, spec: { ...deployment.spec, replicas: 0 } }).spec.replicas).toBe(0);
  });

  it.each([
    ['text, as it is in custom objects', '2026-11-23T10:00:19Z', '2026-11-23T10:00:19Z'],
    ['a Date, as the typed client makes it', new Date('2026-11-23T10:00:19Z'), '2026-11-23T10:00:19Z'],
    ['a Date that is finer than a second', new Date('2026-11-23T10:00:19.250Z'), '2026-11-23T10:00:19.250Z'],
    ['missing', undefined, undefined],
  ])('has conditions whose time is %s', (_case, lastUpdateTime, expected) => {
    const conditions = [{ type: 'Progressing', status: 'True', lastUpdateTime }];
    const [condition] = Deployment.parse({ ...deployment, status: { conditions } }).status.conditions;

    expect(condition).toEqual({
      type: 'Progressing',
      status: 'True',
      reason: '',
      message: '',
      ...(lastUpdateTime === undefined ? {} : { lastUpdateTime: expected }),
    });
  });
});

describe('a workload', () => {
  const parsed = (kind: string, more: object = {}): Workload =>
    Workload.parse({ ...deployment, kind, spec: { template, ...more } });

  it.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'])('may be a %s', (kind) => {
    const workload = parsed(kind);

    expect(imagesOf(workload, [workload])).toEqual([container.image]);
    expect(workloadsWith(digest, [workload])).toEqual([workload]);
  });

  it('may be nothing else: the pod of a Job proves nothing', () => {
    expect(Workload.safeParse({ ...deployment, kind: 'Job' }).success).toBe(false);
  });

  it('that a Rollout refers to runs no pods of its own: the Rollout runs them', () => {
    const own = Deployment.parse(deployment);
    const rollout = ArgoRollout.parse({
      ...deployment,
      kind: 'Rollout',
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'todo' } },
    });

    expect(workloadsWith(digest, [own, rollout])).toEqual([rollout]);
  });
});
