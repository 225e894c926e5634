import type { Test } from 'tap'
import { METRICS, type Metric } from '../../../otel/metrics.ts'
import { type Selector, selectorsOf } from './promql-facts.ts'

/** A selector of a query, and where that query stands. */
export type Asked = Selector & { readonly called: string }

interface Known {
  readonly name: string
  readonly kind?: Metric['kind']
  readonly labels?: Readonly<Record<string, unknown>>
}

const SPAN_LABELS = ['service_name', 'span_name', 'span_kind', 'status_code', 'db_system_name', 'server_address']
/** What is neither the application's nor a label that Prometheus gives to all it scrapes. Everything else is a mistake. */
const FOREIGN: Readonly<Record<string, { readonly kind: Metric['kind']; readonly labels: readonly string[] }>> = {
  up: { kind: 'gauge', labels: [] },
  ALERTS: { kind: 'gauge', labels: ['alertname', 'alertstate', 'severity'] },
  'chatbot:error_rate:ratio5m': { kind: 'gauge', labels: [] },
  traces_span_metrics_calls_total: { kind: 'counter', labels: SPAN_LABELS },
  traces_span_metrics_duration_seconds: { kind: 'histogram', labels: SPAN_LABELS },
  ...Object.fromEntries(
    ['spans', 'log_records', 'metric_points'].flatMap(item => [
      [`otelcol_receiver_accepted_${item}`, { kind: 'counter', labels: ['receiver', 'transport'] }],
      [`otelcol_receiver_refused_${item}`, { kind: 'counter', labels: ['receiver', 'transport'] }],
      [`otelcol_exporter_sent_${item}`, { kind: 'counter', labels: ['exporter'] }],
      [`otelcol_exporter_send_failed_${item}`, { kind: 'counter', labels: ['exporter'] }],
      [`otelcol_exporter_enqueue_failed_${item}`, { kind: 'counter', labels: ['exporter'] }],
    ]),
  ),
  otelcol_exporter_queue_size: { kind: 'gauge', labels: ['exporter', 'data_type'] },
  otelcol_exporter_queue_capacity: { kind: 'gauge', labels: ['exporter', 'data_type'] },
}
const TARGET_LABELS = ['job', 'instance']

/** The selectors of a query, in which Grafana's variables may stand for times. */
export function askedBy(called: string, query: string): Asked[] {
  return selectorsOf(query.replace(/\$__\w+/g, '5m')).map(selector => ({ ...selector, called }))
}

/** Every metric exists, and so does every label, with its value. */
export function checkLabels(t: Test, asked: readonly Asked[]): void {
  for (const { called, metric, matchers, groupings } of asked) {
    const { name, labels } = findMetric(metric)
    t.ok(labels, `${called}: there is a metric ${metric}`)
    const allowed = [...Object.keys(labels ?? {}), ...TARGET_LABELS, ...(metric.endsWith('_bucket') ? ['le'] : [])]
    for (const label of [...matchers.map(({ label }) => label), ...groupings.flat()])
      t.ok(allowed.includes(label), `${called}: ${name} has a label ${label}`)
    for (const { label, operator, value } of matchers) {
      const values = labels?.[label]
      if (Array.isArray(values) && !operator.includes('~')) t.ok(values.includes(value), `${called}: ${label} can be ${value}`)
    }
  }
}

/** A counter is read by how it rises, a gauge as it is. */
export function checkKinds(t: Test, asked: readonly Asked[]): void {
  for (const { called, metric, functions } of asked) {
    const { kind } = findMetric(metric)
    const rises = functions.some(name => ['rate', 'increase'].includes(name))
    t.equal(rises, kind !== 'gauge', `${called}: ${metric} is a ${kind}`)
  }
}

/** A histogram is read by its buckets and their bounds, or by sum and count. */
export function checkHistograms(t: Test, asked: readonly Asked[]): void {
  for (const { called, metric, groupings, functions } of asked) {
    const { name, kind } = findMetric(metric)
    if (kind === 'histogram') t.not(metric, name, `${called}: ${metric} is a part of a histogram`)
    if (functions.includes('histogram_quantile')) t.match(metric, /_bucket$/, `${called}: quantiles come from buckets`)
    if (metric.endsWith('_bucket')) t.ok(groupings[0]?.includes('le'), `${called}: buckets are told apart`)
  }
}

/** The metric that a name in a query belongs to; without labels where there is none. */
export function findMetric(name: string): Known {
  const histogram = name.replace(/_(bucket|sum|count)$/, '')
  const own: Readonly<Record<string, Metric>> = METRICS
  for (const candidate of [name, histogram]) {
    const metric = own[candidate]
    if (metric !== undefined) return { name: candidate, kind: metric.kind, labels: metric.labels ?? {} }
    const foreign = FOREIGN[candidate]
    if (foreign !== undefined)
      return { name: candidate, kind: foreign.kind, labels: Object.fromEntries(foreign.labels.map(label => [label, undefined])) }
  }
  return { name }
}

/** Labels that are left of a metric's after all aggregations; those that Prometheus gives count only where nothing is aggregated. */
export function keptBy({ metric, groupings, matchers }: Selector): readonly string[] {
  const all = [...Object.keys(findMetric(metric).labels ?? {}), ...TARGET_LABELS, ...matchers.map(({ label }) => label), 'le']
  return groupings.reduce((kept, labels) => kept.filter(label => labels.includes(label)), all)
}
