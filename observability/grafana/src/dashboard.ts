import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LOKI, PROMETHEUS } from './panels.ts';

export const TAG = 'delivery-platform';

/** A rollout that has just ended, as the promoter counts it. */
const DEPLOYMENTS =
  'sum by (pipeline, environment) (increase(promoter_release_stage_duration_seconds_count{stage="rollout"}[1m])) > 0';

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
    .annotation(
      new AnnotationQueryBuilder()
        .name('Deployments')
        .datasource(PROMETHEUS)
        .enable(true)
        .hide(false)
        .iconColor('blue')
        .expr(DEPLOYMENTS)
        .step('1m')
        .titleFormat('{{pipeline}} in {{environment}}'),
    )
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

/**
 * The value of "All". Loki refuses a query whose every matcher accepts the empty value, as `.*` does; and in Prometheus `.*` would let in
 * the series of other programs, which have no such label.
 */
const ANY = '.+';

const choice = (name: string, label: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue(ANY)
    .current({ selected: true, text: 'All', value: '$__all' });

/** A variable with the values of a metric's label; all are selected by default. */
export const variable = (name: string, label: string, metric: string, of: string): QueryVariableBuilder =>
  choice(name, label)
    .datasource(PROMETHEUS)
    .query({ query: `label_values(${metric}, ${of})`, refId: 'variable' })
    .definition(`label_values(${metric}, ${of})`);

/** A variable with the values of a label of Loki's streams; all are selected by default. */
export const logVariable = (name: string, label: string, of: string): QueryVariableBuilder =>
  choice(name, label)
    .datasource(LOKI)
    // Type 1: the values of a label. https://github.com/grafana/grafana/blob/v13.2.0/public/app/plugins/datasource/loki/types.ts
    .query({ refId: 'LokiVariableQueryEditor-VariableQuery', type: 1, label: of, stream: '' })
    .definition(`label_values(${of})`);

/** A field for text; empty by default. */
export const textField = (name: string, label: string): TextBoxVariableBuilder =>
  new TextBoxVariableBuilder(name).label(label).defaultValue('').current({ selected: true, text: '', value: '' });
