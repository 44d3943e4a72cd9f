// The sandbox's Alloy: the promoter and the services export to it, and it forwards to where OTEL_* points.
import { type OtlpReceiver, startOtlpReceiver } from '@delivery/otlp-receiver';
import type { Environment } from './config.ts';
import type { ObservabilityStack } from './find-observability.ts';

const MAX_SPANS = 50_000;

export interface Telemetry {
  /** Undefined when the promoter and the services export elsewhere or not at all. */
  collector: OtlpReceiver | undefined;
  /** OTEL_* variables for the promoter and the services. */
  variables: Record<string, string>;
}

/** @param observability where the collector forwards spans to; by default OTEL_EXPORTER_OTLP_ENDPOINT decides. */
export async function startTelemetry(
  environment: Environment,
  observability: ObservabilityStack | undefined,
): Promise<Telemetry> {
  const forwarding = observability
    ? { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: observability.otlpUrl }
    : environment;
  const inherited = Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[0].startsWith('OTEL_') && entry[1] !== undefined,
    ),
  );
  const collector = await startCollector(forwarding);
  return { collector, variables: collector ? { ...inherited, ...exportTo(collector) } : inherited };
}

/** @returns undefined when the environment asks for gRPC, which cannot be forwarded, or turns traces off. */
async function startCollector(environment: Environment): Promise<OtlpReceiver | undefined> {
  const protocol = environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  const isOff = environment['OTEL_TRACES_EXPORTER'] === 'none' || environment['OTEL_SDK_DISABLED'] === 'true';
  if (protocol === 'grpc' || isOff) return undefined;
  const url = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return startOtlpReceiver({
    maxSpans: MAX_SPANS,
    forward: url ? { url, headers: parseHeaders(environment['OTEL_EXPORTER_OTLP_HEADERS']) } : undefined,
  });
}

/** Parses `key=value,key=value` with percent-encoded values. https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
function parseHeaders(text = ''): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.trim().split(/=(.*)/s, 2));
  return Object.fromEntries(
    pairs.flatMap(([key = '', value = '']) => (key === '' ? [] : [[key, decodeURIComponent(value)]])),
  );
}

function exportTo({ url }: OtlpReceiver): Record<string, string> {
  return {
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
  };
}
