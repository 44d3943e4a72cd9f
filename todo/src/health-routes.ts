// /livez answers while the event loop turns; /readyz also asks the database, and whether this process is starting or stopping.
import { Hono } from 'hono';

const PING_TIMEOUT_MS = 1_000;

export interface Readiness {
  /** Set when the database has the schema that this program needs. */
  migrated: boolean;
  /** Set when the process was told to stop. */
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
      if (!readiness.migrated) return c.text('the database is not there or lacks migrations; the log says which', 503);
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
