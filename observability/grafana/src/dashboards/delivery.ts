import { dashboard, row, variable } from '../dashboard.ts';
import { figure, graph, heatmap, table, traces } from '../panels.ts';

const OF = 'pipeline=~"$pipeline", environment=~"$environment"';
const STAGE = 'promoter_release_stage_duration_seconds';

export const deliveryDashboard = dashboard({
  uid: 'delivery-releases',
  title: 'Delivery',
  description: 'Releases in progress, the time they take, the five DORA metrics, and the health of the promoter.',
  from: 'now-7d',
})
  .withVariable(variable('pipeline', 'Pipeline', 'promoter_dora_deployments', 'pipeline'))
  .withVariable(variable('environment', 'Environment', 'promoter_dora_deployments', 'environment'))
  .withRow(row('In progress'))
  .withPanel(
    table({
      title: 'Open holds by gate',
      queries: [{ expr: 'sum by (gate) (promoter_open_holds)' }],
      width: 8,
    }),
  )
  .withPanel(
    traces({
      title: 'Promotions in the selected time range',
      query:
        '{ resource.service.name = "promoter" && name =~ "promote .*" } | select(span.deployment.environment.name, span.vcs.ref.head.revision)',
      width: 16,
      height: 8,
    }),
  )
  .withRow(row('DORA, 30 days: https://dora.dev/guides/dora-metrics/'))
  .withPanel(
    table({ title: 'Deployments', queries: [{ expr: `promoter_dora_deployments{${OF}}` }], width: 8, height: 6 }),
  )
  .withPanel(
    graph({
      title: 'Change lead time, median over commits',
      unit: 's',
      width: 8,
      height: 6,
      queries: [{ expr: `promoter_dora_lead_time_median_seconds{${OF}}`, legend: '{{pipeline}}/{{environment}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Change fail rate',
      unit: 'percentunit',
      width: 8,
      height: 6,
      queries: [{ expr: `promoter_dora_change_fail_ratio{${OF}}`, legend: '{{pipeline}}/{{environment}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Failed deployment recovery time, median',
      description: 'Empty until a deployment has failed and was fixed.',
      unit: 's',
      queries: [{ expr: `promoter_dora_recovery_time_median_seconds{${OF}}`, legend: '{{pipeline}}/{{environment}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Deployment rework rate',
      unit: 'percentunit',
      queries: [{ expr: `promoter_dora_rework_ratio{${OF}}`, legend: '{{pipeline}}/{{environment}}' }],
    }),
  )
  .withRow(row('Where the time goes'))
  .withPanel(
    graph({
      title: 'Duration of stages, median',
      unit: 's',
      stacked: true,
      queries: [
        {
          expr: `histogram_quantile(0.5, sum by (le, stage) (rate(${STAGE}_bucket{pipeline=~"$pipeline"}[$__rate_interval])))`,
          legend: '{{stage}}',
          exemplars: true,
        },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Lead time of commits, median and p90',
      unit: 's',
      queries: [0.5, 0.9].map((of) => ({
        expr: `histogram_quantile(${of}, sum by (le, environment) (rate(promoter_lead_time_seconds_bucket{${OF}}[$__rate_interval])))`,
        legend: `p${of * 100} {{environment}}`,
        exemplars: true,
      })),
    }),
  )
  .withPanel(
    heatmap({
      title: 'Approval and soak: from proposal to merge',
      unit: 's',
      queries: [
        { expr: `sum by (le) (increase(${STAGE}_bucket{pipeline=~"$pipeline", stage="promote"}[$__rate_interval]))` },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'From rollout to first request, p90',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.9, sum by (le, environment) (rate(${STAGE}_bucket{pipeline=~"$pipeline", stage="first_request"}[$__rate_interval])))`,
          legend: '{{environment}}',
        },
      ],
    }),
  )
  .withRow(row('The promoter'))
  .withPanel(figure({ title: 'Waiting webhooks', unit: 'short', queries: [{ expr: 'sum(promoter_inbox_depth)' }] }))
  .withPanel(
    figure({
      title: 'Content requests left this hour',
      description: 'GitHub allows 500 content-creating requests an hour.',
      unit: 'short',
      queries: [{ expr: 'min(promoter_github_content_budget_remaining)' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Releases recovered per hour',
      description: 'Releases whose webhooks were lost, recovered from the delivery log.',
      unit: 'short',
      queries: [{ expr: 'sum(increase(promoter_recovered_releases_total[1h]))' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Webhooks by outcome',
      unit: 'ops',
      stacked: true,
      queries: [
        {
          expr: 'sum by (event, outcome) (rate(promoter_webhook_deliveries_total[$__rate_interval]))',
          legend: '{{event}} {{outcome}}',
        },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Reconcile, p95 by stage',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (le, stage) (rate(promoter_stage_duration_seconds_bucket[$__rate_interval])))',
          legend: '{{stage}}',
        },
        {
          expr: 'histogram_quantile(0.95, sum by (le) (rate(promoter_reconcile_duration_seconds_bucket[$__rate_interval])))',
          legend: 'total',
          exemplars: true,
        },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Reconciles by outcome',
      unit: 'ops',
      stacked: true,
      queries: [
        { expr: 'sum by (outcome) (rate(promoter_reconciles_total[$__rate_interval]))', legend: '{{outcome}}' },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Actions by kind',
      unit: 'short',
      stacked: true,
      queries: [{ expr: 'sum by (kind) (increase(promoter_enacted_total[$__rate_interval]))', legend: '{{kind}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Requests to GitHub by status',
      unit: 'ops',
      stacked: true,
      queries: [
        {
          expr: 'sum by (operation, status) (rate(promoter_github_requests_total[$__rate_interval]))',
          legend: '{{operation}} {{status}}',
        },
      ],
    }),
  )
  .withPanel(
    graph({
      title: "GitHub's rate limits: remaining requests",
      unit: 'short',
      queries: [{ expr: 'min by (resource) (promoter_github_rate_limit_remaining)', legend: '{{resource}}' }],
    }),
  )
  .withPanel(
    graph({
      title: 'Release spans by outcome',
      description: 'Spans that were not exported are gaps in the service graph.',
      unit: 'short',
      stacked: true,
      queries: [
        { expr: 'sum by (outcome) (increase(promoter_release_spans_total[$__rate_interval]))', legend: '{{outcome}}' },
      ],
    }),
  )
  .withPanel(
    graph({
      title: 'Spans that Tempo discarded',
      description:
        'outside_metrics_ingestion_slack: they arrived later than metrics_ingestion_time_range_slack of tempo.yaml allows.',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (reason) (increase(tempo_metrics_generator_spans_discarded_total[$__rate_interval]))',
          legend: '{{reason}}',
        },
        {
          expr: 'sum(increase(tempo_metrics_generator_processor_service_graphs_expired_edges[$__rate_interval]))',
          legend: 'half an arrow: the other end never arrived, and nothing names it',
        },
      ],
    }),
  );
