import { dashboard, row } from '../dashboard.ts';
import { graph, serviceGraph, table, traceGraph, traces } from '../panels.ts';

const CALLS = 'traces_spanmetrics_calls_total';
const LATENCY = 'traces_spanmetrics_latency';

export const tracesDashboard = dashboard({
  uid: 'delivery-traces',
  title: 'Traces',
  description: 'The service graph from push to database, trace search, and span metrics down to the SQL statement.',
  from: 'now-24h',
})
  .withRow(row('Service graph'))
  .withPanel(
    serviceGraph({
      title: 'developer -> github -> github-actions -> ghcr -> promoter -> gitops-config -> argocd -> todo -> todo-db',
      description:
        'Each hop of a release counts as one request. The graph is empty if nothing was released in the selected time range.',
    }),
  )
  .withPanel(
    graph({
      title: 'Hops per hour',
      unit: 'short',
      stacked: true,
      queries: [
        {
          expr: 'sum by (client, server) (increase(traces_service_graph_request_total[1h]))',
          legend: '{{client}} -> {{server}}',
        },
      ],
    }),
  )
  .withPanel(
    table({
      title: 'Average duration of a hop, in seconds',
      description:
        'Since Tempo counts. Tempo writes a starting zero for a count and for buckets, not for a sum: an increase() of the sum would lose the first request.',
      queries: [
        {
          expr: 'sum by (client, server) (traces_service_graph_request_server_seconds_sum) / sum by (client, server) (traces_service_graph_request_server_seconds_count)',
        },
      ],
    }),
  )
  .withRow(row('Releases'))
  .withPanel(
    traces({
      title: 'Releases, newest first',
      description: 'Each release is one trace, from the push to the first request served.',
      query: '{ resource.service.name = "github" && name = "push" }',
    }),
  )
  .withPanel(
    traces({
      title: 'Rollouts in prod',
      query: '{ resource.service.name = "todo" && span.deployment.environment.name = "prod" && name =~ "rollout.*" }',
      width: 12,
    }),
  )
  .withPanel(
    traces({
      title: 'Approvals that took longer than an hour',
      query: '{ resource.service.name = "promoter" && name = "await approval" && duration > 1h }',
      width: 12,
    }),
  )
  .withRow(row('Spans'))
  .withPanel(
    graph({
      title: 'Calls by service',
      unit: 'ops',
      stacked: true,
      queries: [{ expr: `sum by (service) (rate(${CALLS}[$__rate_interval]))`, legend: '{{service}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Duration of calls, p95',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (le, service, span_name) (rate(${LATENCY}_bucket{span_kind="SPAN_KIND_SERVER"}[$__rate_interval])))`,
          legend: '{{service}}: {{span_name}}',
          exemplars: true,
        },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'SQL statements by table',
      unit: 'ops',
      stacked: true,
      queries: [
        {
          expr: `sum by (db_operation_name, db_collection_name) (rate(${CALLS}{span_kind="SPAN_KIND_CLIENT", db_operation_name!=""}[$__rate_interval]))`,
          legend: '{{db_operation_name}} {{db_collection_name}}',
        },
      ],
    }),
  )
  .withPanel(
    traceGraph({
      title: 'Slowest statements, p99',
      unit: 's',
      query: '{ span.db.system.name = "postgresql" } | quantile_over_time(duration, 0.99) by (span.db.query.summary)',
    }),
  )
  .withPanel(
    traces({
      title: 'Requests that failed',
      query: '{ kind = server && span.http.response.status_code >= 500 }',
      width: 12,
    }),
  )
  .withPanel(
    traces({
      title: 'Statements that took longer than 100 ms',
      query: '{ span.db.system.name = "postgresql" && duration > 100ms }',
      width: 12,
    }),
  );
