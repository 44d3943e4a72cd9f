// https://sre.google/workbook/alerting-on-slos/; recording rules and alerts are in observability/prometheus/rules/todo.yaml.
import { dashboard, row, variable } from '../dashboard.ts';
import { figure, graph } from '../panels.ts';

/** 99.5 % of 30 days. */
const BUDGET = 0.005;
const OF = '{deployment_environment_name=~"$environment"}';

export const sloDashboard = dashboard({
  uid: 'delivery-slo',
  title: 'Service level of todo',
  description: 'Over 30 days, 99.5 % of requests without a server error; over an hour, 95 % of requests within 250 ms.',
  from: 'now-24h',
})
  .withVariable(
    variable('environment', 'Environment', 'todo:request_errors:ratio_rate1h', 'deployment_environment_name'),
  )
  .withRow(row('Now'))
  .withPanel(
    figure({
      title: 'Requests without an error, last hour',
      unit: 'percentunit',
      width: 6,
      queries: [{ expr: `1 - todo:request_errors:ratio_rate1h${OF}`, legend: '{{deployment_environment_name}}' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Requests slower than 250 ms, last hour',
      unit: 'percentunit',
      width: 6,
      limit: 0.05,
      queries: [{ expr: `todo:request_slow:ratio_rate1h${OF}`, legend: '{{deployment_environment_name}}' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Error budget left, 30 days',
      unit: 'percentunit',
      width: 6,
      queries: [
        {
          expr: `1 - avg_over_time(todo:request_errors:ratio_rate1h${OF}[30d]) / ${BUDGET}`,
          legend: '{{deployment_environment_name}}',
        },
      ],
    }),
  )
  .withPanel(
    figure({
      title: 'Firing alerts',
      unit: 'short',
      width: 6,
      limit: 1,
      queries: [{ expr: 'sum(ALERTS{alertname=~"Todo.*", alertstate="firing"}) or vector(0)' }],
    }),
  )
  .withRow(row('Burn rate of the error budget'))
  .withPanel(
    graph({
      title: 'Burn rate',
      description:
        'At 1 the budget lasts for exactly 30 days. Above 14.4 for an hour somebody is paged; above 6 for six hours a ticket is opened.',
      unit: 'short',
      width: 24,
      height: 10,
      limit: 14.4,
      queries: ['5m', '30m', '1h', '6h'].map((window) => ({
        expr: `todo:request_errors:ratio_rate${window}${OF} / ${BUDGET}`,
        legend: `${window} {{deployment_environment_name}}`,
      })),
    }),
  )
  .withPanel(
    graph({
      title: 'Slow requests',
      unit: 'percentunit',
      width: 24,
      limit: 0.05,
      queries: [{ expr: `todo:request_slow:ratio_rate1h${OF}`, legend: '{{deployment_environment_name}}' }],
    }),
  );
