// The stack of observability/compose.yaml, where it runs on this machine: Alloy takes OTLP on its standard port, Grafana shows it.

export interface ObservabilityStack {
  otlpUrl: string;
  grafanaUrl: string;
}

const STACK: ObservabilityStack = { otlpUrl: 'http://127.0.0.1:4318', grafanaUrl: 'http://127.0.0.1:3000' };
const DEADLINE_MS = 500;
/** Whoever says where telemetry goes, or that it goes nowhere, is not asked again. */
const DECIDED = /^OTEL_(EXPORTER_OTLP_.*ENDPOINT|TRACES_EXPORTER|SDK_DISABLED)$/;

type Environment = Record<string, string | undefined>;

/** @returns undefined where nobody answers, or where the environment decides. */
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

/** A page of Grafana with one trace; for the promoter's TRACE_URL, which fills in `{traceId}`. */
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
