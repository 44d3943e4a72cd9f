// Starts OpenTelemetry for a service, configured by the standard OTEL_* variables alone.
// The SDK costs about 200 ms and 60 MB at start, so it is loaded only where an exporter is configured.
import { type Span, SpanStatusCode, type SpanOptions, trace } from '@opentelemetry/api';

export interface Tracing {
  readonly enabled: boolean;
  /** Sends what is still buffered, for at most five seconds. Never throws: telemetry must not fail a shutdown. */
  shutdown(): Promise<void>;
}

type Environment = Record<string, string | undefined>;

const FLUSH_TIMEOUT_MS = 5_000;

/** True where the environment names a traces exporter (OpenTelemetry's own rule, less its default of localhost). Empty is unset. */
export function isTracingConfigured(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = env['OTEL_TRACES_EXPORTER'];
  if (exporter === 'none') return false;
  return Boolean(exporter || env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
}

export interface TracingSettings {
  env?: Environment;
  /** Resource attributes of every span; those of OTEL_RESOURCE_ATTRIBUTES win. */
  resource?: Record<string, string>;
}

export async function startTracing(
  serviceName: string,
  { env = process.env, resource = {} }: TracingSettings = {},
): Promise<Tracing> {
  if (!isTracingConfigured(env)) return { enabled: false, shutdown: () => Promise.resolve() };
  const [{ NodeSDK }, { resourceFromAttributes }, { HttpInstrumentation }, { UndiciInstrumentation }] =
    await Promise.all([
      import('@opentelemetry/sdk-node'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/instrumentation-http'),
      import('@opentelemetry/instrumentation-undici'),
    ]);
  const sdk = new NodeSDK({
    ...(env['OTEL_SERVICE_NAME'] ? {} : { serviceName }),
    resource: resourceFromAttributes(resource),
    metricReaders: [], // metrics are scraped from /metrics
    logRecordProcessors: [], // logs go to standard output
    instrumentations: [
      // Server spans are made by the services themselves: a webhook's own span would draw "user -> promoter".
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

/** Runs `work` inside a span that ends when it settles and carries its error, if any. */
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
