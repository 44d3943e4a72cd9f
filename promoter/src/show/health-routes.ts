import { Hono } from 'hono';

export interface Health {
  /** Undefined when the promoter can work. */
  problem(): string | undefined;
}

/** /livez answers while the event loop turns; /readyz once the config repository was read, and not while stopping. */
export function healthRoutes({ problem }: Health): Hono {
  return new Hono()
    .get('/livez', (c) => c.text('ok'))
    .get('/readyz', (c) => {
      const found = problem();
      return found ? c.text(found, 503) : c.text('ok');
    });
}
