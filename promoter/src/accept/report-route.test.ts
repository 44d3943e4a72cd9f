import { describe, expect, it } from 'vitest';
import { secret } from '../config.ts';
import { reportRoute } from './report-route.ts';
import type { FirstRequestFact } from '../trace/facts.ts';

const report = {
  repository: 'https://github.com/acme/todo',
  commit: 'c'.repeat(40),
  environment: 'prod',
  digest: `sha256:${'d'.repeat(64)}`,
  startedAt: '2026-11-23T10:00:00.000Z',
  endedAt: '2026-11-23T10:00:00.010Z',
  trace: { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) },
};

async function send(
  body: unknown,
  { token, authorization = 'Bearer the-right-token' }: { token?: string | undefined; authorization?: string } = {
    token: 'the-right-token',
  },
): Promise<{ status: number; facts: FirstRequestFact[]; reason: string }> {
  const facts: FirstRequestFact[] = [];
  const route = reportRoute({
    token: token === undefined ? undefined : secret(token),
    onFirstRequest: (fact) => facts.push(fact),
  });
  const response = await route.request('/reports/first-request', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization, 'content-type': 'application/json' },
  });
  const text = await response.text();
  const { reason = '' } = text.startsWith('{') ? (JSON.parse(text) as { reason?: string }) : { reason: text };
  return { status: response.status, facts, reason };
}

describe('a report of a first request', () => {
  it('is taken with the shared token', async () => {
    const { status, facts } = await send(report);

    expect(status).toBe(202);
    expect(facts).toMatchObject([
      { kind: 'first request', repositoryUrl: report.repository, startedMs: 1795428000000, endedMs: 1795428000010 },
    ]);
  });

  it.each([
    ['another token', { token: 'the-right-token', authorization: 'Bearer another' }, 401],
    ['no token', { token: 'the-right-token', authorization: '' }, 401],
    ['no token configured', { token: undefined }, 404],
  ])('with %s is refused, and nothing is recorded', async (_case, settings, expected) => {
    const { status, facts } = await send(report, settings);

    expect([status, facts]).toEqual([expected, []]);
  });

  it.each([
    ['nonsense', 'not json', 422, 'the body'],
    ['a short commit', { ...report, commit: 'abc' }, 422, 'commit'],
    ['a time that is none', { ...report, startedAt: 'yesterday' }, 422, 'startedAt'],
    ['a foreign trace id', { ...report, trace: { traceId: '<b>', spanId: 'x' } }, 422, 'trace'],
    ['too much', { ...report, environment: 'x'.repeat(5_000) }, 413, ''],
  ])('of %s is refused with the field that is wrong', async (_case, body, expected, field) => {
    const { status, facts, reason } = await send(body);

    expect([status, facts]).toEqual([expected, []]);
    expect(reason).toContain(field);
  });
});
