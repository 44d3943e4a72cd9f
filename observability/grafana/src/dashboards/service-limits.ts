// What the processes of a service use, how often they start, and how near their containers are to their limits.
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { row } from '../dashboard.ts';
import { graph } from '../panels.ts';

/** @param of the matchers that choose the service and the environment. */
export const withLimits = (dashboard: DashboardBuilder, of: string): DashboardBuilder =>
  dashboard
    .withRow(row('Process'))
    .withPanel(
      graph({
        title: 'Memory',
        unit: 'bytes',
        queries: [
          { expr: `process_resident_memory_bytes{${of}}`, legend: '{{deployment_environment_name}} {{instance}}' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'CPU',
        unit: 'short',
        queries: [
          {
            expr: `rate(process_cpu_seconds_total{${of}}[$__rate_interval])`,
            legend: '{{deployment_environment_name}} {{instance}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Event loop lag, p99',
        unit: 's',
        queries: [
          { expr: `nodejs_eventloop_lag_p99_seconds{${of}}`, legend: '{{deployment_environment_name}} {{instance}}' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Starts',
        description: 'How often the process at an address started: more than once in a release is a restart.',
        unit: 'short',
        queries: [
          {
            expr: `sum by (service, deployment_environment_name) (changes(process_start_time_seconds{${of}}[$__rate_interval]))`,
            legend: '{{service}} {{deployment_environment_name}}',
          },
        ],
      }),
    )
    .withRow(row('Containers: in a cluster'))
    .withPanel(
      graph({
        title: 'Memory against the limit',
        unit: 'percentunit',
        limit: 0.9,
        queries: [
          {
            expr: 'max by (namespace, pod, container) (container_memory_working_set_bytes{container!=""}) / max by (namespace, pod, container) (container_spec_memory_limit_bytes{container!=""} > 0)',
            legend: '{{namespace}}/{{pod}} {{container}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Throttled periods',
        description: 'The part of the periods in which a container was held back by its CPU limit.',
        unit: 'percentunit',
        limit: 0.25,
        queries: [
          {
            expr: 'sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{container!=""}[$__rate_interval])) / sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{container!=""}[$__rate_interval]))',
            legend: '{{namespace}}/{{pod}} {{container}}',
          },
        ],
      }),
    );
