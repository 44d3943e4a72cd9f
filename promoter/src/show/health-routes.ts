import { Hono } from 'hono';

export interface Health {
  /** Undefined when the promoter can work. */
  problem(): string | undefined;
  /** What keeps it from reading the config repository now; it is ready nevertheless: events and pages are for it to take. */
  warning(): string | undefined;
}

/** /livez answers while the event loop turns; /readyz once the config repository was read, and not while stopping. */
export function healthRoutes({ problem, warning }: Health): Hono {
  return new Hono()
    .get('/livez', (c) => c.text('ok'))
    .get('/readyz', (c) => {
      const found = problem();
      if (found) return c.text(found, 503);
      const seen = warning();
      return c.text(seen ? `ok, but ${seen}` : 'ok');
    });
}
