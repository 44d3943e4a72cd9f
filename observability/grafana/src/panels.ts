// Builders for the panels of the dashboards, each with its data source and defaults.
import { type Builder, type Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DataSourceRef,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
} from '@grafana/grafana-foundation-sdk/common';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmapPanel from '@grafana/grafana-foundation-sdk/heatmap';
import * as logsPanel from '@grafana/grafana-foundation-sdk/logs';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import * as nodeGraphPanel from '@grafana/grafana-foundation-sdk/nodegraph';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as statPanel from '@grafana/grafana-foundation-sdk/stat';
import * as tablePanel from '@grafana/grafana-foundation-sdk/table';
import * as tempo from '@grafana/grafana-foundation-sdk/tempo';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** The uids in provisioning/datasources. */
export const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: 'prometheus' };
export const LOKI: DataSourceRef = { type: 'loki', uid: 'loki' };
export const TEMPO: DataSourceRef = { type: 'tempo', uid: 'tempo' };

export interface PromQuery {
  expr: string;
  legend?: string;
  /** Whether to show exemplars, which lead to traces; for histograms. */
  exemplars?: boolean;
}

export interface Size {
  /** In columns of 24. */
  width?: number;
  height?: number;
}

export interface Graph extends Size {
  title: string;
  description?: string;
  /** https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  unit: string;
  queries: readonly PromQuery[];
  stacked?: boolean;
  /** Above this value the panel turns red. */
  limit?: number;
}

const refIdOf = (index: number): string => 'ABCDEFGHIJ'.charAt(index);

function promTargets(queries: readonly PromQuery[], instant = false): Builder<Dataquery>[] {
  return queries.map(({ expr, legend, exemplars }, index) => {
    const query = new prometheus.DataqueryBuilder().refId(refIdOf(index)).datasource(PROMETHEUS).expr(expr);
    if (legend !== undefined) query.legendFormat(legend);
    if (exemplars) query.exemplar(true);
    return instant ? query.instant().format(prometheus.PromQueryFormat.Table) : query.range();
  });
}

const limitAt = (value: number): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { color: 'green', value: null },
    { color: 'red', value },
  ]);

export function graph({ title, description, unit, queries, stacked, limit, width = 12, height = 8 }: Graph) {
  const panel = new timeseries.PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(PROMETHEUS)
    .targets(promTargets(queries))
    .span(width)
    .height(height)
    .min(0)
    .fillOpacity(stacked ? 30 : 8)
    .drawStyle(GraphDrawStyle.Line)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (description !== undefined) panel.description(description);
  if (stacked) panel.stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal));
  if (limit !== undefined) {
    panel
      .thresholds(limitAt(limit))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  return panel;
}

export function heatmap({ title, description, unit, queries, width = 12, height = 8 }: Graph) {
  const panel = new heatmapPanel.PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(PROMETHEUS)
    .targets(
      queries.map(({ expr }, index) =>
        new prometheus.DataqueryBuilder()
          .refId(refIdOf(index))
          .datasource(PROMETHEUS)
          .expr(expr)
          .legendFormat('{{le}}')
          .format(prometheus.PromQueryFormat.Heatmap)
          .exemplar(true)
          .range(),
      ),
    )
    .span(width)
    .height(height);
  return description === undefined ? panel : panel.description(description);
}

export interface Figure extends Size {
  title: string;
  description?: string;
  unit: string;
  queries: readonly PromQuery[];
  limit?: number;
}

export function figure({ title, description, unit, queries, limit, width = 4, height = 4 }: Figure) {
  const panel = new statPanel.PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(PROMETHEUS)
    .targets(promTargets(queries))
    .span(width)
    .height(height)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  if (description !== undefined) panel.description(description);
  if (limit !== undefined) panel.thresholds(limitAt(limit));
  return panel;
}

export interface Table extends Size {
  title: string;
  description?: string;
  queries: readonly PromQuery[];
}

/** The labels and the current value of each series. */
export function table({ title, description, queries, width = 12, height = 8 }: Table) {
  const panel = new tablePanel.PanelBuilder()
    .title(title)
    .datasource(PROMETHEUS)
    .targets(promTargets(queries, true))
    .span(width)
    .height(height)
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true, __name__: true, instance: true, job: true } },
    });
  return description === undefined ? panel : panel.description(description);
}

const lokiQuery = (expr: string, legend?: string) => {
  const query = new loki.DataqueryBuilder().refId('A').datasource(LOKI).expr(expr).queryType('range');
  return legend === undefined ? query : query.legendFormat(legend);
};

export function logs({ title, expr, width = 24, height = 12 }: Size & { title: string; expr: string }) {
  return new logsPanel.PanelBuilder()
    .title(title)
    .datasource(LOKI)
    .withTarget(lokiQuery(expr).maxLines(500))
    .span(width)
    .height(height)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending);
}

export interface LogGraph extends Size {
  title: string;
  expr: string;
  legend: string;
  unit: string;
}

export function logGraph({ title, expr, legend, unit, width = 12, height = 8 }: LogGraph) {
  return new timeseries.PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(LOKI)
    .withTarget(lokiQuery(expr, legend))
    .span(width)
    .height(height)
    .min(0)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(60)
    .stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

/** Tempo's service graph, from its metrics generator. */
export function serviceGraph({
  title,
  description,
  width = 24,
  height = 14,
}: Size & { title: string; description: string }) {
  return new nodeGraphPanel.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(TEMPO)
    .withTarget(new tempo.DataqueryBuilder().refId('A').datasource(TEMPO).queryType('serviceMap').query(''))
    .span(width)
    .height(height);
}

export interface TraceQuery extends Size {
  title: string;
  description?: string;
  /** TraceQL. */
  query: string;
}

export function traces({ title, description, query, width = 24, height = 9 }: TraceQuery) {
  const panel = new tablePanel.PanelBuilder()
    .title(title)
    .datasource(TEMPO)
    .withTarget(
      new tempo.DataqueryBuilder()
        .refId('A')
        .datasource(TEMPO)
        .queryType('traceql')
        .query(query)
        .limit(30)
        .tableType(tempo.SearchTableType.Traces),
    )
    .span(width)
    .height(height);
  return description === undefined ? panel : panel.description(description);
}

/** TraceQL metrics over time. */
export function traceGraph({ title, description, query, unit, width = 12, height = 8 }: TraceQuery & { unit: string }) {
  const panel = new timeseries.PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(TEMPO)
    .withTarget(new tempo.DataqueryBuilder().refId('A').datasource(TEMPO).queryType('traceql').query(query))
    .span(width)
    .height(height)
    .min(0);
  return description === undefined ? panel : panel.description(description);
}
