// What is composed, and where it can be reached.
import { createHmac } from 'node:crypto';
import { createLogger } from '@delivery/telemetry/logger';
import { describe, expect, it } from 'vitest';
import { type App, createApp } from './app.ts';
import { parseConfig } from './config.ts';
import { listen } from './listen.ts';

const app = (env: Record<string, string> = {}, more: Partial<Parameters<typeof createApp>[0]> = {}): App =>
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
    ...more,
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

it('a failure of ours is 500 and logged, also once a body was read to its end', async () => {
  const lines: string[] = [];
  let fails = false;
  const { fetch } = app(
    {},
    {
      clock() {
        if (fails) throw new Error('the clock stands still');
        return new Date(7);
      },
      logger: createLogger({ service: 'promoter', destination: { write: (line) => void lines.push(line) } }),
    },
  );
  const listener = await listen({ fetch, host: '127.0.0.1', port: 0 });
  fails = true;
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    after: 'c'.repeat(40),
    repository: { full_name: 'acme/todo' },
  });
  const response = await globalThis.fetch(`http://127.0.0.1:${listener.address.port}/webhooks/github`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': '7',
      'x-hub-signature-256': `sha256=${createHmac('sha256', 'webhook-secret').update(body).digest('hex')}`,
    },
  });
  listener.close();

  expect([response.status, await response.json()]).toEqual([500, { outcome: 'failed', reason: 'see the log' }]);
  expect(lines.join('')).toContain('the clock stands still');
});
