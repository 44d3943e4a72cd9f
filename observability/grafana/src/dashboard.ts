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
  /** Of its address, for ever: links name it. */
  uid: string;
  title: string;
  description: string;
  /** As far back as it looks when it is opened: `now-6h`. */
  from: string;
}

/** An empty dashboard, with links to the others. */
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

/** Values of a label of a metric; all of them at first. */
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
