// Finds the stack of observability/compose.yaml on this machine: Alloy receives OTLP on its default port, Grafana shows it.

export interface ObservabilityStack {
  otlpUrl: string;
  grafanaUrl: string;
}

const STACK: ObservabilityStack = { otlpUrl: 'http://127.0.0.1:4318', grafanaUrl: 'http://127.0.0.1:3000' };
const DEADLINE_MS = 500;
/** Variables by which a person has already decided where telemetry is sent. */
const DECIDED = /^OTEL_(EXPORTER_OTLP_.*ENDPOINT|TRACES_EXPORTER|SDK_DISABLED)$/;

type Environment = Record<string, string | undefined>;

/** @returns undefined when the stack does not answer, or when the environment decides. */
export async function findObservability(env: Environment, stack = STACK): Promise<ObservabilityStack | undefined> {
  if (Object.entries(env).some(([name, value]) => DECIDED.test(name) && value)) return undefined;
  try {
    const answer = await fetch(`${stack.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"resourceSpans":[]}',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await answer.body?.cancel();
    return answer.ok ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** The URL of a trace in Grafana, for the promoter's TRACE_URL; the promoter fills in `{traceId}`. */
export function traceUrl({ grafanaUrl }: ObservabilityStack): string {
  const panes = { trace: { datasource: 'tempo', queries: [{ refId: 'A', queryType: 'traceql', query: '__TRACE__' }] } };
  const query = encodeURIComponent(JSON.stringify(panes)).replace('__TRACE__', '{traceId}');
  return `${grafanaUrl}/explore?schemaVersion=1&panes=${query}`;
}

export interface ScrapeTarget {
  port: number;
  environment: string;
}

/** https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config */
export function scrapeTargets(targets: readonly ScrapeTarget[]): object[] {
  return targets.map(({ port, environment }) => ({
    targets: [`127.0.0.1:${port}`],
    labels: { deployment_environment_name: environment },
  }));
}
