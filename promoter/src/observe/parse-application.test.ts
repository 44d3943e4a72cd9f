import { describe, expect, it } from 'vitest';
import { Application } from './parse-application.ts';

const metadata = { name: 'todo-dev', namespace: 'argocd' };

describe('an Application', () => {
  it('is read before Argo CD has said anything about it', () => {
    expect(Application.parse({ metadata })).toEqual({ metadata, spec: {}, status: {} });
    expect(Application.parse({ metadata, status: {} })).toEqual({ metadata, spec: {}, status: {} });
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
    ).toEqual({ metadata, spec: {}, status });
  });

  it.each([
    ['without a name', { metadata: { namespace: 'argocd' } }],
    ['in an unknown phase', { metadata, status: { operationState: { phase: 'Paused' } } }],
    ['with a condition without a text', { metadata, status: { conditions: [{ type: 'SyncError' }] } }],
  ])('is refused %s', (_case, application) => {
    expect(Application.safeParse(application).success).toBe(false);
  });
});
