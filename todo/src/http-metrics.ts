import { Histogram, HTTP_DURATION_BUCKETS, type Registry } from '@delivery/telemetry/metrics';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';

/** Request durations by method, route and status: OpenTelemetry's http.server.request.duration in Prometheus' form. */
export function httpMetrics(registry: Registry): MiddlewareHandler {
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: HTTP_DURATION_BUCKETS,
    registers: [registry],
  });
  return async (c, next) => {
    const started = performance.now();
    await next();
    const route = c.res.status === 404 ? 'unknown' : routePath(c, -1);
    duration.observe(
      {
        http_request_method: c.req.method,
        http_route: route,
        http_response_status_code: c.res.status,
      },
      (performance.now() - started) / 1000,
    );
  };
}
