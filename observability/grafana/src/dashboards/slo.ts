// https://sre.google/workbook/alerting-on-slos/ ; the recorded series and the alerts are observability/prometheus/rules/todo.yaml
import { dashboard, row, variable } from '../dashboard.ts';
import { figure, graph } from '../panels.ts';

/** 99.5 % of 30 days. */
const BUDGET = 0.005;
const OF = '{deployment_environment_name=~"$environment"}';

export const sloDashboard = dashboard({
  uid: 'delivery-slo',
  title: 'Service level of todo',
  description: '99.5 % of the requests of 30 days without a server error, 95 % of an hour within 250 ms.',
  from: 'now-24h',
})
  .withVariable(
    variable('environment', 'Environment', 'todo:request_errors:ratio_rate1h', 'deployment_environment_name'),
  )
  .withRow(row('Now'))
  .withPanel(
    figure({
      title: 'Requests of the last hour without an error',
      unit: 'percentunit',
      width: 6,
      queries: [{ expr: `1 - todo:request_errors:ratio_rate1h${OF}`, legend: '{{deployment_environment_name}}' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Requests of the last hour slower than 250 ms',
      unit: 'percentunit',
      width: 6,
      limit: 0.05,
      queries: [{ expr: `todo:request_slow:ratio_rate1h${OF}`, legend: '{{deployment_environment_name}}' }],
    }),
  )
  .withPanel(
    figure({
      title: 'Error budget of 30 days that is left',
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
      title: 'Alerts of the service that fire',
      unit: 'short',
      width: 6,
      limit: 1,
      queries: [{ expr: 'sum(ALERTS{alertname=~"Todo.*", alertstate="firing"}) or vector(0)' }],
    }),
  )
  .withRow(row('How fast the budget burns'))
  .withPanel(
    graph({
      title: 'Burn rate',
      description:
        '1: the budget lasts for exactly 30 days. Above 14.4 for an hour somebody is called; above 6 for six hours a ticket is made.',
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
