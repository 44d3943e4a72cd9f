// The metrics that Tempo's generator makes of the received spans, as far as our dashboards need them: names, labels and rules of
// Tempo 3.0.3 with observability/tempo/tempo.yaml. Tempo itself is not on a package registry.
import type { OtlpReceiver } from '@delivery/otlp-receiver';
import { drawServiceGraph, type Span } from '@delivery/service-graph';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const MS = 1000;
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
const DIMENSIONS = [
  'deployment.environment.name',
  'http.route',
  'http.request.method',
  'http.response.status_code',
  'db.operation.name',
  'db.collection.name',
];
const labelOf = (attribute: string): string => attribute.replaceAll('.', '_');

export interface TempoMetrics {
  /** In Prometheus' text format. */
  expose(): Promise<string>;
}

export function createTempoMetrics(receiver: Pick<OtlpReceiver, 'exports'>): TempoMetrics {
  const registry = new Registry();
  const registers = [registry];
  const spanLabels = ['service', 'span_name', 'span_kind', 'status_code', ...DIMENSIONS.map(labelOf)];
  const edgeLabels = ['client', 'server', 'connection_type'];
  const help = 'as Tempo names it';
  const calls = new Counter({ name: 'traces_spanmetrics_calls_total', help, labelNames: spanLabels, registers });
  const latency = new Histogram({
    name: 'traces_spanmetrics_latency',
    help,
    labelNames: spanLabels,
    buckets: BUCKETS,
    registers,
  });
  const requests = new Gauge({ name: 'traces_service_graph_request_total', help, labelNames: edgeLabels, registers });
  const failed = new Gauge({
    name: 'traces_service_graph_request_failed_total',
    help,
    labelNames: edgeLabels,
    registers,
  });
  const seconds = new Histogram({
    name: 'traces_service_graph_request_server_seconds',
    help,
    labelNames: edgeLabels,
    buckets: BUCKETS,
    registers,
  });
  const discarded = new Counter({
    name: 'tempo_metrics_generator_spans_discarded_total',
    help,
    labelNames: ['reason'],
    registers,
  });
  discarded.inc({ reason: 'outside_metrics_ingestion_slack' }, 0);
  for (const name of ['expired_edges', 'dropped_spans'])
    new Counter({ name: `tempo_metrics_generator_processor_service_graphs_${name}`, help, registers }).inc(0);

  const byId = new Map<string, Span>();
  let taken = 0;

  function count(span: Span): void {
    const labels = {
      service: span.service ?? '',
      span_name: span.name,
      span_kind: `SPAN_KIND_${span.kind}`,
      status_code: span.isError ? 'STATUS_CODE_ERROR' : 'STATUS_CODE_UNSET',
      ...Object.fromEntries(
        DIMENSIONS.map((name) => [labelOf(name), String(span.attributes[name] ?? span.resource[name] ?? '')]),
      ),
    };
    const duration = (span.endMs - span.startMs) / MS;
    calls.inc(labels);
    latency.observe(labels, duration);
    const caller = byId.get(`${span.traceId} ${span.parentSpanId ?? ''}`);
    if (span.kind === 'SERVER' && caller?.kind === 'CLIENT')
      seconds.observe({ client: caller.service ?? '', server: span.service ?? '', connection_type: '' }, duration);
  }

  return {
    async expose() {
      const fresh = receiver.exports.slice(taken).flatMap(({ spans }) => spans);
      taken = receiver.exports.length;
      for (const span of fresh) byId.set(`${span.traceId} ${span.spanId}`, span);
      for (const span of fresh) count(span);
      for (const edge of drawServiceGraph(receiver.exports).edges) {
        const labels = { client: edge.client, server: edge.server, connection_type: edge.connectionType };
        requests.set(labels, edge.requests);
        failed.set(labels, edge.failed);
      }
      return registry.metrics();
    },
  };
}
