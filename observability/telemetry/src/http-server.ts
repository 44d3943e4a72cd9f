// Incoming HTTP by OpenTelemetry's stable conventions: one SERVER span and one observed duration per request.
// @hono/otel does the same, but lacks the required url.path and url.scheme, and copies every header of every request and response.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/
import {
  context,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { createDurationHistogram, Gauge, HTTP_DURATION_BUCKETS, type Registry } from './metrics.ts';
import type { AnsweredRequest } from './request-log.ts';

/** What fails rarely: the series of each route begin at zero, so that its first failure is an increase. */
const FAILURES = [500, 503];

/** All other methods count as `_OTHER`: their names are chosen by the client. */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const requestHeaders: TextMapGetter<Context> = {
  get: (c, name) => c.req.header(name),
  keys: () => [],
};

/** The route pattern that the request matched; undefined where only middleware matched. */
function matchedRoute(c: Context): string | undefined {
  const route = routePath(c, -1);
  return route.endsWith('*') ? undefined : route;
}

export interface HttpServerSettings {
  registry: Registry;
  /** Without tracing only the durations are observed. */
  isTracing: boolean;
  /** Called after each request, with its own span. */
  onServed?: ((startedMs: number, endedMs: number, span: SpanContext | undefined) => void) | undefined;
  /** Called after each request, inside of its span. */
  log?: ((request: AnsweredRequest) => void) | undefined;
}

/** Register it before the routes that it should observe, and after probes and /metrics, which it should not. */
export function httpServerTelemetry({ registry, isTracing, onServed, log }: HttpServerSettings): MiddlewareHandler {
  const duration = createDurationHistogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: HTTP_DURATION_BUCKETS,
    registry,
  });
  const begun = new Set<string>();
  /** A route is known by its first request. */
  function begin(method: string, route: string): void {
    const key = `${method} ${route}`;
    if (begun.has(key)) return;
    begun.add(key);
    for (const status of FAILURES)
      duration.begin({ http_request_method: method, http_route: route, http_response_status_code: status });
  }
  let active = 0;
  const gauge: Gauge = new Gauge({
    name: 'http_server_active_requests',
    help: 'HTTP server requests that have not been answered yet.',
    registers: [],
    collect: () => gauge.set(active),
  });
  registry.registerMetric(gauge);
  const tracer = trace.getTracer('@delivery/telemetry');

  const observed = async (c: Context, next: () => Promise<void>, method: string, span?: Span): Promise<void> => {
    const started = performance.now();
    active += 1;
    try {
      await next();
    } finally {
      active -= 1;
      const { status } = c.res;
      if (onServed) {
        const endedMs = Date.now();
        onServed(endedMs - (performance.now() - started), endedMs, span?.spanContext());
      }
      const route = matchedRoute(c);
      const seconds = (performance.now() - started) / 1000;
      begin(method, route ?? '');
      // To Prometheus an empty label is an absent one.
      const labels = { http_request_method: method, http_route: route ?? '', http_response_status_code: status };
      duration.observe(seconds, labels, span);
      log?.({ method, route, status, seconds });
      if (span) finish(span, method, route, status, c.error);
    }
  };

  if (!isTracing) return (c, next) => observed(c, next, methodOf(c));
  return (c, next) => {
    const method = methodOf(c);
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_PATH]: c.req.path,
      [ATTR_URL_SCHEME]: c.req.url.startsWith('https:') ? 'https' : 'http',
      [ATTR_USER_AGENT_ORIGINAL]: c.req.header('user-agent'),
    };
    // Most requests carry no trace context; calling the propagators for them would only cost time.
    const hasContext = c.req.header('traceparent') !== undefined || c.req.header('baggage') !== undefined;
    const parent = hasContext ? propagation.extract(context.active(), c, requestHeaders) : context.active();
    return tracer.startActiveSpan(method, { kind: SpanKind.SERVER, attributes }, parent, (span) =>
      observed(c, next, method, span),
    );
  };
}

function methodOf(c: Context): string {
  return KNOWN_METHODS.has(c.req.method) ? c.req.method : '_OTHER';
}

/** A 4xx is the client's error: the server's span does not count as failed. */
function finish(span: Span, method: string, route: string | undefined, status: number, error?: Error): void {
  span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
  if (route !== undefined) {
    span.updateName(`${method} ${route}`);
    span.setAttribute(ATTR_HTTP_ROUTE, route);
  }
  if (status >= 500) {
    if (error) span.recordException(error);
    span.setAttribute(ATTR_ERROR_TYPE, error?.name ?? String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
