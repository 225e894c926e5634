import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap'
import * as lists from '@grafana/grafana-foundation-sdk/logs'
import * as loki from '@grafana/grafana-foundation-sdk/loki'
import * as graphs from '@grafana/grafana-foundation-sdk/nodegraph'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import * as stats from '@grafana/grafana-foundation-sdk/stat'
import * as timelines from '@grafana/grafana-foundation-sdk/statetimeline'
import * as tables from '@grafana/grafana-foundation-sdk/table'
import * as charts from '@grafana/grafana-foundation-sdk/timeseries'
import { type JaegerSearch, JaegerSearchBuilder } from './jaeger-search.ts'

/** Common options of panels. */
export interface Facts {
  readonly title: string
  /** One or two sentences: what the panel shows, and when it is bad. */
  readonly description: string
  /** Grafana unit, such as `s`, `reqps`, `percentunit`, `bytes`, `short`. */
  readonly unit: string
  readonly thresholds?: readonly dashboard.Threshold[]
}

export interface Series {
  readonly expr: string
  /** Name of the line. `{{label}}` is replaced by the label's value. */
  readonly legend: string
  /** Whether to show exemplars, which link to traces. */
  readonly exemplars?: boolean
}

export type Panel = Builder<dashboard.Panel>

/** Datasources of `otel/stack/grafana-datasources.yaml`. */
export const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' } as const
const LOKI = { type: 'loki', uid: 'loki' } as const
const JAEGER = { type: 'jaeger', uid: 'jaeger' } as const

const UP_THRESHOLDS: dashboard.Threshold[] = [
  { value: null, color: 'red' },
  { value: 1, color: 'green' },
]
const UP_OR_DOWN: dashboard.ValueMap = {
  type: dashboard.MappingType.ValueToText,
  options: { 0: { text: 'down', color: 'red', index: 0 }, 1: { text: 'up', color: 'green', index: 1 } },
}

/** A single current value. */
export function stat(facts: Facts & { readonly expr: string; readonly noValue?: string }): stats.PanelBuilder {
  const panel = described(new stats.PanelBuilder(), facts, PROMETHEUS)
    .withTarget(new prometheus.DataqueryBuilder().expr(facts.expr).instant().refId('A').datasource(PROMETHEUS))
    .noValue(facts.noValue ?? '–')
    .colorMode(facts.thresholds === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
  return facts.thresholds === undefined ? panel : panel.thresholds(steps(facts.thresholds))
}

/** A status: 1 is up, 0 is down. */
export function upOrDown(facts: Omit<Facts, 'unit' | 'thresholds'> & { readonly expr: string }): Panel {
  return stat({ ...facts, unit: 'short', thresholds: UP_THRESHOLDS, noValue: 'unknown' }).mappings([UP_OR_DOWN])
}

/** Lines over time, stacked if their sum is meaningful. */
export function timeSeries(
  facts: Facts & { readonly series: readonly Series[]; readonly stacked?: boolean; readonly max?: number },
): Panel {
  const panel = described(new charts.PanelBuilder(), facts, PROMETHEUS)
    .targets(facts.series.map(promql))
    .min(0)
    .lineWidth(1)
    .fillOpacity(facts.stacked ? 40 : 8)
    .showPoints(common.VisibilityMode.Never)
    .legend(namesBelow())
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending))
  if (facts.stacked) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
  if (facts.max !== undefined) panel.max(facts.max)
  if (facts.thresholds === undefined) return panel
  return panel
    .thresholds(steps(facts.thresholds))
    .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed))
}

/** A band per series, green for 1 and red for 0. */
export function stateTimeline(facts: Omit<Facts, 'unit' | 'thresholds'> & { readonly series: readonly Series[] }): Panel {
  return described(new timelines.PanelBuilder(), { ...facts, unit: 'short' }, PROMETHEUS)
    .targets(facts.series.map(promql))
    .thresholds(steps(UP_THRESHOLDS))
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
    .mappings([UP_OR_DOWN])
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
}

/** A heatmap of a histogram. The unit is that of its buckets. */
export function heatmap(facts: Omit<Facts, 'thresholds'> & { readonly expr: string; readonly exemplars?: boolean }): Panel {
  const query = new prometheus.DataqueryBuilder()
    .expr(facts.expr)
    .format(prometheus.PromQueryFormat.Heatmap)
    .legendFormat('{{le}}')
    .range()
    .exemplar(facts.exemplars ?? false)
    .refId('A')
    .datasource(PROMETHEUS)
  return described(new heatmaps.PanelBuilder(), facts, PROMETHEUS)
    .withTarget(query)
    .calculate(false)
    .color(
      new heatmaps.HeatmapColorOptionsBuilder().mode(heatmaps.HeatmapColorMode.Scheme).scheme('Oranges').exponent(0.5).steps(32),
    )
    .showValue(common.VisibilityMode.Never)
    .cellValues(new heatmaps.CellValuesBuilder().unit('short'))
    .yAxis(new heatmaps.YAxisConfigBuilder().unit(facts.unit))
}

/** A graph. Each series is an edge with the labels `source`, `target` and `id`. */
export function nodeGraph(facts: Omit<Facts, 'thresholds'> & { readonly expr: string }): Panel {
  const query = new prometheus.DataqueryBuilder()
    .expr(facts.expr)
    .format(prometheus.PromQueryFormat.Table)
    .instant()
    .refId('edges')
  return described(new graphs.PanelBuilder(), facts, PROMETHEUS)
    .withTarget(query.datasource(PROMETHEUS))
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true }, renameByName: { Value: 'mainstat' } } })
    .edges(new graphs.EdgeOptionsBuilder().mainStatUnit(facts.unit))
}

/** Log lines, newest first. The datasource links them to traces. */
export function logLines(facts: Omit<Facts, 'unit' | 'thresholds'> & { readonly logql: string }): Panel {
  return described(new lists.PanelBuilder(), { ...facts, unit: 'string' }, LOKI)
    .withTarget(new loki.DataqueryBuilder().expr(facts.logql).queryType('range').maxLines(200).refId('A').datasource(LOKI))
    .showTime(true)
    .enableLogDetails(true)
    .wrapLogMessage(true)
    .sortOrder(common.LogsSortOrder.Descending)
}

/** Log lines over time, stacked. */
export function logChart(facts: Facts & { readonly logql: string; readonly legend: string }): Panel {
  const query = new loki.DataqueryBuilder().expr(facts.logql).legendFormat(facts.legend).queryType('range').refId('A')
  return described(new charts.PanelBuilder(), facts, LOKI)
    .withTarget(query.datasource(LOKI))
    .min(0)
    .legend(namesBelow())
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(70)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
}

/** Results of a Jaeger search, linked to their traces. */
export function traces(facts: Omit<Facts, 'unit' | 'thresholds'> & { readonly search: JaegerSearch }): Panel {
  return described(new tables.PanelBuilder(), { ...facts, unit: 'µs' }, JAEGER).withTarget(
    new JaegerSearchBuilder(facts.search, JAEGER),
  )
}

/** The part common to all panel builders. */
interface Describable {
  title(title: string): this
  description(description: string): this
  unit(unit: string): this
  datasource(datasource: common.DataSourceRef): this
}

function described<B extends Describable>(panel: B, { title, description, unit }: Facts, datasource: common.DataSourceRef): B {
  return panel.title(title).description(description).unit(unit).datasource(datasource)
}

function namesBelow(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
}

function promql({ expr, legend, exemplars = false }: Series, index: number): Builder<Dataquery> {
  return new prometheus.DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .range()
    .exemplar(exemplars)
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(PROMETHEUS)
}

function steps(thresholds: readonly dashboard.Threshold[]): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([...thresholds])
}
