// Whether the programs that store and draw telemetry work, and what they lost. Their alerts are in prometheus/rules/stack.yaml.
import { dashboard, row } from '../dashboard.ts';
import { figure, graph } from '../panels.ts';

export const stackDashboard = dashboard({
  uid: 'delivery-stack',
  title: 'Stack',
  description: 'Is the stack alive: Prometheus, Loki, Tempo and Alloy, and what each of them lost.',
  from: 'now-6h',
})
  .withRow(row('Alive'))
  .withPanel(
    figure({
      title: 'Targets that answer',
      description: 'Each program answers when it is scraped.',
      unit: 'percentunit',
      width: 6,
      queries: [{ expr: 'avg(up)' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Firing alerts',
      unit: 'short',
      width: 6,
      limit: 1,
      queries: [{ expr: 'sum(ALERTS{alertstate="firing"}) or vector(0)' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Collections that failed, last hour',
      description: 'Each is a tick in which Tempo wrote no metric of any span.',
      unit: 'short',
      width: 6,
      limit: 1,
      queries: [{ expr: 'sum(increase(tempo_metrics_generator_registry_collections_failed_total[1h]))' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Active series of Prometheus',
      unit: 'short',
      width: 6,
      queries: [{ expr: 'sum(prometheus_tsdb_head_series)' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Targets',
      unit: 'short',
      width: 24,
      height: 6,
      queries: [{ expr: 'min by (job) (up)', legend: '{{job}}' }],
    }),
  )
  .withRow(row('Traces'))
  .withPanel(
    graph({
      title: 'Collections of metrics by Tempo',
      description: 'A failed one drops every metric of its tick, the service graph included.',
      unit: 'short',
      queries: [
        { expr: 'sum(increase(tempo_metrics_generator_registry_collections_total[5m]))', legend: 'all' },
        { expr: 'sum(increase(tempo_metrics_generator_registry_collections_failed_total[5m]))', legend: 'failed' },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Spans that Alloy could not send',
      unit: 'short',
      queries: [
        { expr: 'sum(increase(otelcol_exporter_send_failed_spans_total[5m]))', legend: 'not sent' },
        { expr: 'sum(increase(otelcol_receiver_refused_spans_total[5m]))', legend: 'refused: the memory limit' },
      ],
    }),
  )
  .withRow(row('Logs'))
  .withPanel(
    graph({
      title: 'Lines that Loki discarded, by reason',
      unit: 'short',
      queries: [{ expr: 'sum by (reason) (increase(loki_discarded_samples_total[5m]))', legend: '{{reason}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Lines that Alloy sent, and dropped',
      unit: 'short',
      queries: [
        { expr: 'sum(increase(loki_write_sent_entries_total[5m]))', legend: 'sent' },
        {
          expr: 'sum by (reason) (increase(loki_write_dropped_entries_total[5m]))',
          legend: 'dropped: {{reason}}',
        },
      ],
    }),
  )
  .withRow(row('Metrics'))
  .withPanel(
    graph({
      title: 'Samples that Alloy could not write',
      unit: 'short',
      queries: [
        { expr: 'sum(increase(prometheus_remote_storage_samples_failed_total[5m]))', legend: 'failed' },
        { expr: 'sum(increase(prometheus_remote_storage_samples_dropped_total[5m]))', legend: 'dropped' },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Rules that could not be evaluated',
      unit: 'short',
      queries: [
        {
          expr: 'sum(increase(prometheus_rule_evaluation_failures_total[5m]))',
          legend: 'failures',
        },
      ],
    }),
  );
