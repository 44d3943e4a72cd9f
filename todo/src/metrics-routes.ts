// /metrics: OpenMetrics with exemplars for whoever accepts it, as Prometheus does, and Prometheus's older text format for the others.
import type { Registry } from '@delivery/telemetry';
import { Hono } from 'hono';
import { methodNotAllowed } from './problem.ts';
import { toPlainText } from './plain-metrics.ts';

const PLAIN_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/metrics', async (c) => {
      const text = await registry.metrics();
      const vary = { vary: 'accept' };
      return acceptsOpenMetrics(c.req.header('accept'))
        ? c.text(text, 200, { ...vary, 'content-type': registry.contentType })
        : c.text(toPlainText(text), 200, { ...vary, 'content-type': PLAIN_TYPE });
    })
    .all('/metrics', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

/** Only by its name: whatever accepts everything may know only the older format. */
function acceptsOpenMetrics(accept: string | undefined): boolean {
  return (accept?.split(',') ?? []).some(
    (range) =>
      range.trim().toLowerCase().startsWith('application/openmetrics-text') && !/;\s*q=0(\.0*)?\s*(;|$)/.test(range),
  );
}
