// What Alloy is in a cluster: the promoter and the services send here, and from here it goes on to where OTEL_* says.
import { type OtlpReceiver, startOtlpReceiver } from '@delivery/otlp-receiver';

type Environment = Record<string, string | undefined>;

const MAX_SPANS = 50_000;

/** @returns undefined where the environment asks for what can not be handed on: gRPC, or no traces at all. */
export async function startCollector(env: Environment): Promise<OtlpReceiver | undefined> {
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol === 'grpc' || env['OTEL_TRACES_EXPORTER'] === 'none' || env['OTEL_SDK_DISABLED'] === 'true')
    return undefined;
  const url = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return startOtlpReceiver({
    maxSpans: MAX_SPANS,
    forward: url ? { url, headers: parseHeaders(env['OTEL_EXPORTER_OTLP_HEADERS']) } : undefined,
  });
}

/** `key=value,key=value`, percent-encoded. https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
function parseHeaders(text = ''): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.trim().split(/=(.*)/s, 2));
  return Object.fromEntries(
    pairs.flatMap(([key = '', value = '']) => (key === '' ? [] : [[key, decodeURIComponent(value)]])),
  );
}

export function telemetryTo({ url }: OtlpReceiver): Record<string, string> {
  return {
    ...telemetryEnvironment(),
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
  };
}

export function telemetryEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith('OTEL_')),
  );
}
