// The only reader of the environment: OpenTelemetry's own OTEL_* variables.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TelemetryConfig {
  /**
   * True where the environment names a traces exporter: OpenTelemetry's own rule, except that it does not default to an endpoint on
   * localhost. An empty variable counts as unset.
   */
  isTracingConfigured: boolean;
  /** Overrides the name that the service gives itself. */
  serviceName: string | undefined;
  /** Of traces: `http/protobuf` by default. */
  otlpProtocol: string;
}

export function readTelemetryConfig(env: Environment = process.env): TelemetryConfig {
  return {
    isTracingConfigured: isTracingConfigured(env),
    serviceName: env['OTEL_SERVICE_NAME'] || undefined,
    otlpProtocol: env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/protobuf',
  };
}

function isTracingConfigured(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = env['OTEL_TRACES_EXPORTER'];
  if (exporter === 'none') return false;
  return Boolean(exporter || env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
}
