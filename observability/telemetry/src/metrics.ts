// One registry per service, exposed as OpenMetrics, including Node's own metrics.
import { isSpanContextValid, type Span, TraceFlags } from '@opentelemetry/api';
import { collectDefaultMetrics, Gauge, Histogram, Registry as PromRegistry } from 'prom-client';

export { Counter, Gauge, Histogram } from 'prom-client';

export type Registry = PromRegistry;

/** Seconds; the buckets that OpenTelemetry's conventions recommend for http.server.request.duration. */
export const HTTP_DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Seconds; the buckets that OpenTelemetry's conventions recommend for db.client.operation.duration. */
export const DATABASE_DURATION_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

export function createRegistry(service: string): Registry {
  const registry: Registry = new PromRegistry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  // prom-client's types fix a registry's format when it is created, and accept only the older one for the default metrics.
  PromRegistry.prototype.setContentType.call(registry, PromRegistry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

/**
 * What runs here, as OpenTelemetry's conventions for Prometheus name it: joined by `instance`, it splits every metric by release.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes
 */
export function exposeTarget(registry: Registry, resource: Readonly<Record<string, string>>): void {
  const version = resource['service.version'];
  if (version === undefined) return;
  new Gauge({
    name: 'target_info',
    help: 'The release that runs here.',
    labelNames: ['service_version'],
    registers: [registry],
  }).set({ service_version: version }, 1);
}

const EXEMPLARS_PER_SECOND = 200;
/** Requests this slow are rare, and the ones that people look for: they always keep their exemplar. */
const SLOW_SECONDS = 0.1;

export interface DurationHistogram {
  /**
   * The series exists from now on, at zero: otherwise its first observation would be no increase. Call it before the first observation;
   * later calls do nothing.
   */
  begin(labels: Record<string, string | number>): void;
  /** @param span the span that the duration belongs to; where it is sampled it becomes the bucket's exemplar. */
  observe(seconds: number, labels: Record<string, string | number>, span?: Span): void;
}

export interface DurationSettings {
  name: string;
  help: string;
  labelNames: readonly string[];
  /** Upper bounds in seconds. */
  buckets: readonly number[];
  registry: Registry;
}

/** A histogram of seconds whose buckets carry exemplars: each leads to the trace of a request in that bucket. */
export function createDurationHistogram({ registry, buckets, ...settings }: DurationSettings): DurationHistogram {
  const histogram = new Histogram<string>({
    ...settings,
    buckets: [...buckets],
    registers: [registry],
    enableExemplars: true,
  });
  /** As JSON, of series that may not be set to zero again. */
  const begun = new Set<string>();
  let secondStartedMs = Number.NEGATIVE_INFINITY;
  let exemplars = 0;
  /** A scrape keeps one exemplar per bucket: beyond a few hundred a second they cost time and nobody sees them. */
  function keepsExemplar(seconds: number): boolean {
    const nowMs = performance.now();
    if (nowMs - secondStartedMs >= 1_000) {
      secondStartedMs = nowMs;
      exemplars = 0;
    }
    exemplars += 1;
    return exemplars <= EXEMPLARS_PER_SECOND || seconds >= SLOW_SECONDS;
  }
  return {
    begin(labels) {
      const names = Object.keys(labels).toSorted();
      const key = JSON.stringify(names.map((name) => [name, labels[name]]));
      if (begun.has(key)) return;
      begun.add(key);
      histogram.zero(labels);
    },
    observe(value, labels, span) {
      const context = span && keepsExemplar(value) ? span.spanContext() : undefined;
      if (context && isSpanContextValid(context) && (context.traceFlags & TraceFlags.SAMPLED) !== 0) {
        histogram.observe({ value, labels, exemplarLabels: { trace_id: context.traceId, span_id: context.spanId } });
      } else {
        histogram.observe({ value, labels });
      }
    },
  };
}
