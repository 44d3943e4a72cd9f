// POST /reports/first-request: a delivered service reports its first request. It decides nothing: a time on a page, a metric and a
// line in a pull request come of it. A shared token keeps others from reporting.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { Secret } from '../config.ts';
import type { FirstRequestFact } from '../trace/facts.ts';

const BODY_LIMIT_BYTES = 4_096;
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const Report = z.object({
  repository: z.url(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  environment: z.string().min(1).max(100),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  startedAt: instant,
  endedAt: instant,
  trace: z
    .object({ traceId: z.string().regex(/^[0-9a-f]{32}$/), spanId: z.string().regex(/^[0-9a-f]{16}$/) })
    .optional(),
});

export interface ReportDeps {
  /** Undefined: no report is taken. */
  token: Secret | undefined;
  onFirstRequest(fact: FirstRequestFact): void;
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

export function reportRoute({ token, onFirstRequest }: ReportDeps): Hono {
  const expected = token && hash(`Bearer ${token.reveal()}`);
  const limit = bodyLimit({ maxSize: BODY_LIMIT_BYTES });
  return new Hono().post('/reports/first-request', limit, async (c) => {
    if (!expected) return c.json({ reason: 'no REPORT_TOKEN is configured' }, 404);
    const authorization = c.req.header('authorization');
    if (authorization === undefined || !timingSafeEqual(hash(authorization), expected))
      return c.json({ reason: 'the bearer token is missing or wrong' }, 401);
    const parsed = Report.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) {
      const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
      return c.json({ reason: reasons.join('; ') }, 422);
    }
    const { repository: repositoryUrl, startedAt: startedMs, endedAt: endedMs, trace, ...rest } = parsed.data;
    onFirstRequest({ kind: 'first request', repositoryUrl, startedMs, endedMs, trace, ...rest });
    return c.json({ outcome: 'taken' }, 202);
  });
}
