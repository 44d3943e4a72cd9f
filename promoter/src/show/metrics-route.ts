import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

export interface MetricsRouteDeps {
  registry: { metrics(): Promise<string>; contentType: string };
  /** Called before each answer: for what is only known when somebody asks. */
  onScrape(): void;
}

export function metricsRoute({ registry, onScrape }: MetricsRouteDeps): Hono {
  const none = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };
  return new Hono().use('/metrics', secureHeaders({ contentSecurityPolicy: none })).get('/metrics', async (c) => {
    onScrape();
    return c.text(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
}
