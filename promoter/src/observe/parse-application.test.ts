import { describe, expect, it } from 'vitest';
import { Application, Deployment, Pod } from './parse-application.ts';

const metadata = { name: 'todo-dev', namespace: 'argocd' };
const container = { image: 'ghcr.io/acme/todo:main-1' };
const deployment = {
  metadata: { ...metadata, generation: 2 },
  spec: { template: { spec: { containers: [container] } } },
};

describe('an Application', () => {
  it('is read before Argo CD has said anything about it', () => {
    expect(Application.parse({ metadata })).toEqual({ metadata, status: {} });
    expect(Application.parse({ metadata, status: {} })).toEqual({ metadata, status: {} });
  });

  it('is read with what Go writes as null, and without what is not used', () => {
    const status = {
      health: { status: 'Healthy', lastTransitionTime: null },
      operationState: { phase: 'Running', finishedAt: null, syncResult: { revision: null, revisions: null } },
      summary: { images: null },
      resources: null,
      conditions: null,
    };

    expect(
      Application.parse({ metadata: { ...metadata, uid: '1' }, spec: {}, status: { ...status, history: [] } }),
    ).toEqual({
      metadata,
      status,
    });
  });

  it.each([
    ['without a name', { metadata: { namespace: 'argocd' } }],
    ['in an unknown phase', { metadata, status: { operationState: { phase: 'Paused' } } }],
    ['with a condition without a text', { metadata, status: { conditions: [{ type: 'SyncError' }] } }],
  ])('is refused %s', (_case, application) => {
    expect(Application.safeParse(application).success).toBe(false);
  });
});

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
