// Metrics of programs that do not run here, as far as our dashboards and alerts need them: names and labels of the pinned versions.
// Loki 3.7.6 and Tempo 3.0.3: their sources. Alloy 1.18.1: its reference. Containers: cAdvisor in the kubelet. Prometheus: its own.
const CONTAINER = 'namespace="todo-dev",pod="todo-1",container="todo"';

const SERIES: readonly [name: string, labels: string, value: number][] = [
  ['container_cpu_cfs_periods_total', CONTAINER, 100],
  ['container_cpu_cfs_throttled_periods_total', CONTAINER, 1],
  ['container_memory_working_set_bytes', CONTAINER, 50_000_000],
  ['container_spec_memory_limit_bytes', CONTAINER, 100_000_000],
  ['loki_discarded_samples_total', 'reason="rate_limited"', 0],
  ['loki_write_dropped_entries_total', 'reason="ingester_error"', 0],
  ['loki_write_sent_entries_total', '', 100],
  ['otelcol_exporter_send_failed_spans_total', '', 0],
  ['otelcol_receiver_refused_spans_total', '', 0],
  ['prometheus_remote_storage_samples_dropped_total', '', 0],
  ['prometheus_remote_storage_samples_failed_total', '', 0],
  ['prometheus_rule_evaluation_failures_total', '', 0],
  ['prometheus_tsdb_head_series', '', 1_000],
  ['tempo_metrics_generator_registry_collections_failed_total', '', 0],
  ['tempo_metrics_generator_registry_collections_total', '', 10],
];

/** In Prometheus' text format. Counters count the seconds since `startedMs`, where they count at all. */
export function exposeForeignMetrics(startedMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - startedMs) / 1_000);
  return SERIES.map(([name, labels, value]) => {
    const counted = name.endsWith('_total') ? value * seconds : value;
    return `${name}{${labels}} ${counted}\n`;
  }).join('');
}
