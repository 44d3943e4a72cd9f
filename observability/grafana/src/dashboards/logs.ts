import { dashboard, logVariable, row, textField } from '../dashboard.ts';
import { logGraph, logs } from '../panels.ts';

const OF = '{service_name=~"$service", deployment_environment_name=~"$environment"}';

export const logsDashboard = dashboard({
  uid: 'delivery-logs',
  title: 'Logs',
  description:
    'Logs of the services: errors by message, requests, volume, and text search. Search takes a regular expression.',
  from: 'now-1h',
})
  .withVariable(logVariable('service', 'Service', 'service_name'))
  .withVariable(logVariable('environment', 'Environment', 'deployment_environment_name'))
  .withVariable(textField('search', 'Search'))
  .withRow(row('Errors'))
  .withPanel(
    logGraph({
      title: 'Errors and warnings by message',
      unit: 'short',
      expr: `sum by (msg) (count_over_time(${OF} | level=~"warn|error|fatal" | json msg="msg" [$__interval]))`,
      legend: '{{msg}}',
    }),
  )
  .withPanel(
    logGraph({
      title: 'Refused requests by reason',
      unit: 'short',
      expr: `sum by (reason) (count_over_time(${OF} |= "request refused" | json reason="reason" [$__interval]))`,
      legend: '{{reason}}',
    }),
  )
  .withPanel(logs({ title: 'Errors, newest first', expr: `${OF} | level=~"error|fatal"`, height: 9 }))
  .withRow(row('Requests'))
  .withPanel(
    logGraph({
      title: 'Requests by status',
      unit: 'short',
      expr: `sum by (status) (count_over_time(${OF} |= \`"msg":"request"\` | json status="status" [$__interval]))`,
      legend: '{{status}}',
    }),
  )
  .withPanel(
    logGraph({
      title: 'Failed requests by route',
      unit: 'short',
      expr: `sum by (method, route, status) (count_over_time(${OF} |= \`"msg":"request"\` | json method="method", route="route", status="status" | status >= 500 [$__interval]))`,
      legend: '{{method}} {{route}} {{status}}',
    }),
  )
  .withRow(row('Volume'))
  .withPanel(
    logGraph({
      title: 'Lines by level',
      unit: 'short',
      expr: `sum by (level) (count_over_time(${OF} [$__interval]))`,
      legend: '{{level}}',
    }),
  )
  .withPanel(
    logGraph({
      title: 'Volume by service',
      unit: 'bytes',
      expr: `sum by (service_name) (bytes_over_time(${OF} [$__interval]))`,
      legend: '{{service_name}}',
    }),
  )
  .withRow(row('Search'))
  .withPanel(
    logs({
      title: 'Lines that match the search',
      expr: `${OF} |~ \`(?i)$search\` | json msg="msg" | line_format "{{.msg}}"`,
    }),
  );
