import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PROMETHEUS } from './panels.ts';

export const TAG = 'delivery-platform';

export interface DashboardHead {
  /** Part of its URL. Links contain it, so it must never change. */
  uid: string;
  title: string;
  description: string;
  /** Start of the default time range: `now-6h`. */
  from: string;
}

/** An empty dashboard with links to the others. */
export function dashboard({ uid, title, description, from }: DashboardHead): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .time({ from, to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .readonly()
    .link(
      new DashboardLinkBuilder('Delivery platform')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
}

export const row = (title: string): RowBuilder => new RowBuilder(title);

/** A variable with the values of a metric's label; all are selected by default. */
export function variable(name: string, label: string, metric: string, of: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query({ query: `label_values(${metric}, ${of})`, refId: 'variable' })
    .definition(`label_values(${metric}, ${of})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}
