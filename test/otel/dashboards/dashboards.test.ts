import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as units from '@grafana/grafana-foundation-sdk/units'
import t from 'tap'
import { parse } from 'yaml'
import { DASHBOARDS, toJson } from '../../../otel/dashboards/dashboards.ts'
import { METRICS } from '../../../otel/metrics.ts'
import { askedBy, checkHistograms, checkKinds, checkLabels, findMetric, keptBy } from './query-checks.ts'

interface Target {
  readonly expr?: string
  readonly service?: string
  readonly refId: string
  readonly legendFormat?: string
  readonly exemplar?: boolean
  readonly datasource: { readonly type: string; readonly uid: string }
}
interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource: { readonly uid: string }
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } }
  readonly targets?: readonly Target[]
}
interface Dashboard {
  readonly uid: string
  readonly links: readonly { readonly type: string; readonly tags: readonly string[] }[]
  readonly tags: readonly string[]
  readonly annotations: { readonly list: readonly { readonly expr: string }[] }
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] }
  readonly panels: readonly Panel[]
}

const OTEL = join(import.meta.dirname, '../../../otel/stack')
const GRID_COLUMNS = 24
/** Has no data until the service calls another server. */
const NOT_SHOWN = ['http_client_request_duration_seconds']

const dashboards = globSync('dashboards/*.json', { cwd: OTEL }).map(file => ({
  file,
  dashboard: JSON.parse(readFileSync(join(OTEL, file), 'utf8')) as Dashboard,
}))
const panels = dashboards.flatMap(({ file, dashboard }) =>
  dashboard.panels.filter(({ type }) => type !== 'row').map(panel => ({ ...panel, called: `${file}: ${panel.title}` })),
)
const targets = panels.flatMap(({ called, targets = [] }) => targets.map(target => ({ ...target, called })))
const queries = [
  ...targets.filter(({ datasource }) => datasource.type === 'prometheus'),
  ...dashboards.flatMap(({ file, dashboard }) =>
    dashboard.annotations.list.map(({ expr }) => ({ expr, called: `${file}, annotation` })),
  ),
]
const selectors = queries.flatMap(({ expr = '', called }) => askedBy(called, expr))

t.test('the committed dashboards match their sources', async t => {
  t.same(dashboards.map(({ file }) => file).sort(), DASHBOARDS.map(({ uid }) => `dashboards/${uid}.json`).sort())
  for (const dashboard of DASHBOARDS) {
    const checkedIn = readFileSync(join(OTEL, `dashboards/${dashboard.uid}.json`), 'utf8')
    t.ok(checkedIn === toJson(dashboard), `${dashboard.uid}.json is up to date: npm run dashboards`)
  }
})

t.test('every panel has a description, a Grafana unit and a query', async t => {
  const known: readonly unknown[] = Object.values(units)
  for (const { called, title, description, fieldConfig, targets = [] } of panels) {
    t.ok(title.length > 0 && (description ?? '').length > 0, `${called} is described`)
    t.ok(known.includes(fieldConfig.defaults.unit), `${called} has a unit, ${fieldConfig.defaults.unit}`)
    t.ok(targets.length > 0 && targets.every(({ expr, service }) => (expr ?? service ?? '') !== ''), `${called} has a query`)
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, `${called} has unique query ids`)
  }
})

t.test('panels fill the grid without overlap and have unique ids', async t => {
  for (const { file, dashboard } of dashboards) {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}:${y + Math.floor(i / w)}`),
    )
    t.ok(
      dashboard.panels.every(({ gridPos: { x, w } }) => Number.isInteger(w) && x + w <= GRID_COLUMNS),
      `${file} is as wide as the grid`,
    )
    t.equal(new Set(cells).size, cells.length, `${file} has no cell twice`)
    t.equal(cells.length % GRID_COLUMNS, 0, `${file} has no cell empty`)
    t.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length, `${file} has no id twice`)
  }
})

t.test('queries use existing metrics, labels and label values', async t => checkLabels(t, selectors))

t.test('counters are queried by rate or increase, gauges by value', async t => checkKinds(t, selectors))

t.test('histograms are queried by buckets with `le`, or by sum and count', async t => checkHistograms(t, selectors))

t.test('legends use labels of the result', async t => {
  for (const { called, expr = '', legendFormat = '', datasource } of targets) {
    const named = [...legendFormat.matchAll(/{{(\w+)}}/g)].map(([, label]) => label as string)
    const kept = datasource.type === 'prometheus' ? askedBy(called, expr).map(keptBy) : []
    for (const label of named) {
      t.ok(kept.length === 0 ? expr.includes(label) : kept.some(labels => labels.includes(label)), `${called}: ${label} is there`)
    }
  }
})

t.test('every metric appears on a dashboard', async t => {
  const shown = new Set(selectors.map(({ metric }) => findMetric(metric).name))
  t.same(
    Object.keys(METRICS).filter(name => !shown.has(name)),
    NOT_SHOWN,
  )
})

t.test('datasources exist and link exemplars and log lines to traces', async t => {
  const { datasources } = parse(readFileSync(join(OTEL, 'grafana-datasources.yaml'), 'utf8'))
  const provided = (uid: string) => datasources.find((datasource: { uid: string }) => datasource.uid === uid)
  for (const { called, datasource } of targets)
    t.equal(provided(datasource.uid)?.type, datasource.type, `${called}: ${datasource.uid}`)
  t.ok(targets.some(({ exemplar }) => exemplar))
  t.equal(provided('prometheus').jsonData.exemplarTraceIdDestinations[0].datasourceUid, 'jaeger')
  t.equal(provided('loki').jsonData.derivedFields[0].datasourceUid, 'jaeger')
})

t.test("queries distinguish the collector's metrics from Jaeger's, which have the same names", async t => {
  const own = selectors.filter(({ metric }) => metric.startsWith('otelcol_') && metric !== 'otelcol_exporter_queue_capacity')
  t.ok(own.length > 0)
  for (const { called, matchers } of own)
    t.ok(
      matchers.some(({ label, value }) => label === 'job' && value === 'collector'),
      called,
    )
})

t.test('jobs in queries are scraped', async t => {
  const { scrape_configs } = parse(readFileSync(join(OTEL, 'prometheus.yaml'), 'utf8'))
  const scraped = scrape_configs.map(({ job_name }: { job_name: string }) => job_name)
  const asked = selectors.flatMap(({ matchers }) => matchers).filter(({ label }) => label === 'job')
  t.ok(asked.length > 0)
  for (const { value } of asked) t.ok(scraped.includes(value), value)
})

t.test('variables in queries exist, and dashboards link to each other', async t => {
  const own = /\$(?!__)([a-z]\w*)/g
  for (const { file, dashboard } of dashboards) {
    const used = new Set([...JSON.stringify(dashboard.panels).matchAll(own)].map(([, name]) => name))
    t.same([...used].sort(), dashboard.templating.list.map(({ name }) => name).sort(), `${file} has the variables it uses`)
    t.ok(dashboard.links.some(({ type, tags }) => type === 'dashboards' && tags.every(tag => dashboard.tags.includes(tag))))
  }
})
