import { describe, expect, it } from 'vitest';
import { Application } from './parse-application.ts';
import { AppProject, describeWindows } from './sync-windows.ts';

const application = Application.parse({
  metadata: { name: 'todo-prod', namespace: 'argocd' },
  spec: { destination: { namespace: 'todo-prod' } },
});
const project = (...syncWindows: object[]) =>
  AppProject.parse({ metadata: { name: 'services' }, spec: { syncWindows } });
const deny = { kind: 'deny', schedule: '0 22 * * *', duration: '8h' };

describe('the windows of a project', () => {
  it.each([
    ['by name', { applications: ['*-prod'] }],
    ['by namespace', { namespaces: ['todo-*'] }],
    ['by cluster, which has two names', { clusters: ['in-cluster'] }],
  ])('that may be about the Application, %s, are named', (_case, selector) => {
    expect(describeWindows(project({ ...deny, ...selector }), application)).toBe(
      '; project services has sync windows for it (deny 0 22 * * * for 8h)',
    );
  });

  it('may have a time zone, and may be several', () => {
    const windows = [
      { ...deny, applications: ['*'] },
      { ...deny, kind: 'allow', timeZone: 'Europe/Berlin', applications: ['*'] },
    ];

    expect(describeWindows(project(...windows), application)).toContain(
      '(deny 0 22 * * * for 8h, allow 0 22 * * * for 8h Europe/Berlin)',
    );
  });

  it.each([
    ['there are none', project()],
    ['all are about others', project({ ...deny, applications: ['*-dev'] })],
    ['the project has no such field', AppProject.parse({ metadata: { name: 'default' }, spec: {} })],
  ])('are nothing to speak of where %s', (_case, one) => {
    expect(describeWindows(one, application)).toBe('');
  });
});
