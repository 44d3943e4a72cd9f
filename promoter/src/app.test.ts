// What is composed, and where it can be reached.
import { createLogger } from '@delivery/telemetry/logger';
import { describe, expect, it } from 'vitest';
import { type App, createApp } from './app.ts';
import { parseConfig } from './config.ts';

const app = (env: Record<string, string> = {}): App =>
  createApp({
    config: parseConfig({
      GITHUB_TOKEN: 'none',
      GITHUB_WEBHOOK_SECRET: 'webhook-secret',
      CONFIG_REPOSITORY: 'acme/gitops-config',
      REPORT_TOKEN: 'report-token',
      ...env,
    }),
    sender: undefined,
    clock: () => new Date(7),
    logger: createLogger({ service: 'promoter', level: 'silent' }),
  });
const of = (method: string, path: string): Request => new Request(`http://promoter${path}`, { method });

const forPeople = ['/', '/api/board', '/delivery', '/search', '/metrics', '/assets/board.css'];
const forAnybody = [
  ['POST', '/webhooks/github'],
  ['POST', '/reports/first-request'],
] as const;

describe('with an ADMIN_PORT', () => {
  const { fetch, admin } = app({ ADMIN_PORT: '9090' });

  it.each([...forPeople, '/readyz'])('%s is on that port alone', async (path) => {
    expect((await fetch(of('GET', path))).status).toBe(404);
    expect((await admin(of('GET', path))).status).not.toBe(404);
  });

  it.each(forAnybody)('%s %s is on the other one alone', async (method, path) => {
    expect((await fetch(of(method, path))).status).toBe(401);
    expect((await admin(of(method, path))).status).toBe(404);
  });

  it('both say that they live', async () => {
    expect([(await fetch(of('GET', '/livez'))).status, (await admin(of('GET', '/livez'))).status]).toEqual([200, 200]);
  });
});

describe('without one', () => {
  it('everything is on one port', async () => {
    const { fetch } = app();

    for (const path of [...forPeople, '/livez']) expect((await fetch(of('GET', path))).status, path).toBe(200);
    for (const [method, path] of forAnybody) expect((await fetch(of(method, path))).status, path).toBe(401);
    expect((await fetch(of('GET', '/nowhere'))).status).toBe(404);
  });
});

it('metrics have security headers, as pages do', async () => {
  const { headers } = await app().admin(of('GET', '/metrics'));

  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-type')).toContain('openmetrics');
});
