// Starts OpenTelemetry for a service, configured by the standard OTEL_* variables alone.
// The SDK costs about 200 ms and 60 MB at start, so it is loaded only where an exporter is configured.
import { type Span, SpanStatusCode, type SpanOptions, trace } from '@opentelemetry/api';
import { type Environment, readTelemetryConfig } from './config.ts';

export interface Tracing {
  readonly enabled: boolean;
  /** Exports what is still buffered, for at most five seconds. Never throws: telemetry must not fail a shutdown. */
  shutdown(): Promise<void>;
}

const FLUSH_TIMEOUT_MS = 5_000;

export interface TracingSettings {
  /** The process's own by default. */
  env?: Environment;
  /** Resource attributes of every span; those of OTEL_RESOURCE_ATTRIBUTES win. */
  resource?: Record<string, string>;
}

export async function startTracing(
  serviceName: string,
  { env, resource = {} }: TracingSettings = {},
): Promise<Tracing> {
  const config = readTelemetryConfig(env);
  if (!config.isTracingConfigured) return { enabled: false, shutdown: () => Promise.resolve() };
  const [{ NodeSDK }, { resourceFromAttributes }, { HttpInstrumentation }, { UndiciInstrumentation }] =
    await Promise.all([
      import('@opentelemetry/sdk-node'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/instrumentation-http'),
      import('@opentelemetry/instrumentation-undici'),
    ]);
  const sdk = new NodeSDK({
    ...(config.serviceName === undefined ? { serviceName } : {}),
    resource: resourceFromAttributes(resource),
    metricReaders: [], // metrics are scraped from /metrics
    logRecordProcessors: [], // logs go to standard output
    instrumentations: [
      // The services create their own server spans: one for a webhook request would draw "user -> promoter".
      new HttpInstrumentation({ disableIncomingRequestInstrumentation: true, requireParentforOutgoingSpans: true }),
      new UndiciInstrumentation({ requireParentforSpans: true }),
    ],
  });
  sdk.start();
  return {
    enabled: true,
    async shutdown() {
      const { promise: timedOut, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
      await Promise.race([sdk.shutdown().catch(() => undefined), timedOut]);
      clearTimeout(timer);
    },
  };
}

/** Runs `work` inside a span that ends when the work settles and carries its error, if any. */
export async function inSpan<Result>(
  tracerName: string,
  spanName: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return trace.getTracer(tracerName).startActiveSpan(spanName, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error instanceof Error ? error : new Error(String(error)));
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
