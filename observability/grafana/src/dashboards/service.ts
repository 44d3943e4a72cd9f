// Rate, errors and duration of a service's requests, and its database. https://grafana.com/blog/2018/08/02/the-red-method-how-to-instrument-your-services/
import { dashboard, row, variable } from '../dashboard.ts';
import { figure, graph, heatmap } from '../panels.ts';
import { withLimits } from './service-limits.ts';

const HTTP = 'http_server_request_duration_seconds';
const DB = 'db_client_operation_duration_seconds';
const OF = 'service=~"$service", deployment_environment_name=~"$environment"';
/** Splits by the release that runs at the same instance. */
const BY_RELEASE = `* on (instance) group_left (service_version) target_info{${OF}}`;
const quantile = (of: number, metric: string, by = ''): string =>
  `histogram_quantile(${of}, sum by (le${by}) (rate(${metric}_bucket{${OF}}[$__rate_interval])))`;

export const serviceDashboard = withLimits(
  dashboard({
    uid: 'delivery-service',
    title: 'Service: requests and database',
    description:
      'Requests by route and method, errors, latency with exemplars to traces, releases side by side, database operations, and limits.',
    from: 'now-1h',
  })
    .withVariable(variable('service', 'Service', `${HTTP}_count`, 'service'))
    .withVariable(variable('environment', 'Environment', `${HTTP}_count`, 'deployment_environment_name'))
    .withRow(row('Requests'))
    .withPanel(
      figure({
        title: 'Requests',
        unit: 'reqps',
        queries: [{ expr: `sum(rate(${HTTP}_count{${OF}}[$__rate_interval]))` }],
      }),
    )
    .withPanel(
      figure({
        title: 'Errors',
        description: 'Responses with a status of 500 or more.',
        unit: 'percentunit',
        limit: 0.005,
        queries: [
          {
            expr: `(sum(rate(${HTTP}_count{${OF}, http_response_status_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(${HTTP}_count{${OF}}[$__rate_interval]))`,
          },
        ],
      }),
    )
    .withPanel(figure({ title: 'p50', unit: 's', queries: [{ expr: quantile(0.5, HTTP) }] }))
    .withPanel(figure({ title: 'p95', unit: 's', limit: 0.25, queries: [{ expr: quantile(0.95, HTTP) }] }))
    .withPanel(figure({ title: 'p99', unit: 's', queries: [{ expr: quantile(0.99, HTTP) }] }))
    .withPanel(
      figure({ title: 'In flight', unit: 'short', queries: [{ expr: `sum(http_server_active_requests{${OF}})` }] }),
    )
    .withPanel(
      graph({
        title: 'Requests by route and method',
        unit: 'reqps',
        stacked: true,
        queries: [
          {
            expr: `sum by (http_request_method, http_route) (rate(${HTTP}_count{${OF}}[$__rate_interval]))`,
            legend: '{{http_request_method}} {{http_route}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Responses by status',
        unit: 'reqps',
        stacked: true,
        queries: [
          {
            expr: `sum by (http_response_status_code) (rate(${HTTP}_count{${OF}}[$__rate_interval]))`,
            legend: '{{http_response_status_code}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Latency',
        description: 'Each point is a request and leads to its trace.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((of) => ({ expr: quantile(of, HTTP), legend: `p${of * 100}`, exemplars: true })),
      }),
    )
    .withPanel(
      heatmap({
        title: 'Latency distribution',
        unit: 's',
        queries: [{ expr: `sum by (le) (increase(${HTTP}_bucket{${OF}}[$__rate_interval]))` }],
      }),
    )
    .withPanel(
      graph({
        title: 'Client errors by route',
        description: 'Responses with a status from 400 to 499.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (http_request_method, http_route, http_response_status_code) (rate(${HTTP}_count{${OF}, http_response_status_code=~"4.."}[$__rate_interval]))`,
            legend: '{{http_request_method}} {{http_route}} {{http_response_status_code}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Server errors by route',
        description: 'Responses with a status of 500 or more.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (http_request_method, http_route, http_response_status_code) (rate(${HTTP}_count{${OF}, http_response_status_code=~"5.."}[$__rate_interval]))`,
            legend: '{{http_request_method}} {{http_route}} {{http_response_status_code}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'p95 by route',
        unit: 's',
        queries: [
          {
            expr: quantile(0.95, HTTP, ', http_route, http_request_method'),
            legend: '{{http_request_method}} {{http_route}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'p95 by environment',
        unit: 's',
        queries: [
          { expr: quantile(0.95, HTTP, ', deployment_environment_name'), legend: '{{deployment_environment_name}}' },
        ],
      }),
    )
    .withRow(row('New release beside old'))
    .withPanel(
      graph({
        title: 'Requests by release',
        unit: 'reqps',
        stacked: true,
        width: 8,
        queries: [
          {
            expr: `sum by (service_version) (rate(${HTTP}_count{${OF}}[$__rate_interval]) ${BY_RELEASE})`,
            legend: '{{service_version}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Errors by release',
        unit: 'percentunit',
        width: 8,
        queries: [
          {
            expr: `sum by (service_version) (rate(${HTTP}_count{${OF}, http_response_status_code=~"5.."}[$__rate_interval]) ${BY_RELEASE}) / sum by (service_version) (rate(${HTTP}_count{${OF}}[$__rate_interval]) ${BY_RELEASE})`,
            legend: '{{service_version}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'p95 by release',
        unit: 's',
        width: 8,
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (le, service_version) (rate(${HTTP}_bucket{${OF}}[$__rate_interval]) ${BY_RELEASE}))`,
            legend: '{{service_version}}',
          },
        ],
      }),
    )
    .withRow(row('Database'))
    .withPanel(
      graph({
        title: 'Operations by table',
        unit: 'ops',
        stacked: true,
        queries: [
          {
            expr: `sum by (db_operation_name, db_collection_name) (rate(${DB}_count{${OF}}[$__rate_interval]))`,
            legend: '{{db_operation_name}} {{db_collection_name}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Duration of operations, p95',
        unit: 's',
        queries: [
          {
            expr: quantile(0.95, DB, ', db_operation_name, db_collection_name'),
            legend: '{{db_operation_name}} {{db_collection_name}}',
            exemplars: true,
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Connections',
        description: 'Waiting requests: the pool is too small, or a statement too slow.',
        unit: 'short',
        queries: [
          { expr: `sum(db_client_connection_max{${OF}})`, legend: 'maximum' },
          {
            expr: `sum(db_client_connection_count{${OF}, db_client_connection_state="used"})`,
            legend: 'in use',
          },
          { expr: `sum(db_client_connection_pending_requests{${OF}})`, legend: 'waiting requests' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Operations that failed, by error',
        description: "The class of PostgreSQL's SQLSTATE, such as 57 for a cancelled statement, or the driver's code.",
        unit: 'ops',
        queries: [
          {
            expr: `sum by (error_type, db_operation_name, db_collection_name) (rate(${DB}_count{${OF}, error_type!=""}[$__rate_interval])) or label_replace(vector(0), "error_type", "none", "", "")`,
            legend: '{{error_type}} {{db_operation_name}} {{db_collection_name}}',
          },
        ],
      }),
    ),
  OF,
);
