// /livez answers while the event loop runs; /readyz also needs a database that answers, and a process that is neither starting nor stopping.
import { Hono } from 'hono';

const PING_TIMEOUT_MS = 1_000;

export interface Readiness {
  /** Set once the database has the schema that this release needs. */
  migrated: boolean;
  /** Set once the process has received a stop signal. */
  draining: boolean;
}

export interface HealthDeps {
  readiness: Readiness;
  ping: () => Promise<void>;
}

export function healthRoutes({ readiness, ping }: HealthDeps): Hono {
  return new Hono()
    .get('/livez', (c) => c.text('ok'))
    .get('/readyz', async (c) => {
      if (readiness.draining) return c.text('draining', 503);
      if (!readiness.migrated) return c.text('the database is unavailable or not migrated; the log says which', 503);
      try {
        await withDeadline(ping(), PING_TIMEOUT_MS);
        return c.text('ok');
      } catch (error) {
        return c.text(`database: ${error instanceof Error ? error.message : String(error)}`, 503);
      }
    });
}

async function withDeadline(work: Promise<void>, timeoutMs: number): Promise<void> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
