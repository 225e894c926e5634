/**
 * Measures what self-monitoring costs: storing the metrics, evaluating the rules and keeping the
 * database small, over the metrics of a real server and a day of history.
 *
 *   node bench/monitoring/evaluation.ts [--evaluations N]
 *
 * The reference, in the same run: parsing one scrape of `/metrics`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MONITORING_MIGRATIONS } from '../../src/watch/composition/watch.ts'
import { loadMonitoringConfig } from '../../src/watch/configuration/load-monitoring-config.ts'
import { createAlertStore } from '../../src/watch/evaluation/alert-store.ts'
import { createEvaluator } from '../../src/watch/evaluation/evaluator.ts'
import { activateRules } from '../../src/watch/rules/active-rules.ts'
import { RECORDINGS } from '../../src/watch/rules/request-rules.ts'
import { RULES } from '../../src/watch/rules/rules.ts'
import { maintainSeries, sizeOf } from '../../src/watch/series/downsample.ts'
import { evaluateExpression } from '../../src/watch/series/evaluate-expression.ts'
import { openMonitoringDatabase } from '../../src/watch/series/monitoring-database.ts'
import { createSeriesStore, type Layout } from '../../src/watch/series/series-store.ts'
import { startServer } from '../harness/documents.ts'
import { printTable } from '../harness/table.ts'

const SNAPSHOT_MS = 10_000
const EVALUATION_MS = 15_000
const DAY_MS = 86_400_000
const MAX_BYTES = 256 * 1024 * 1024

const { values } = parseArgs({ options: { evaluations: { type: 'string', default: '200' } } })
const evaluations = Number(values.evaluations)
const work = mkdtempSync(join(tmpdir(), 'pellucid-evaluation-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true, maxRetries: 10 }))

const scrape = await readMetrics()
const { layout, numbers } = parse(scrape)
const parsing = measure(100, () => parse(scrape))
const { db } = openMonitoringDatabase(join(work, 'monitoring.sqlite'), MONITORING_MIGRATIONS)
const series = createSeriesStore(db, 'bench')
const begin = Date.now() - DAY_MS
series.append(begin, numbers, layout)
let at = begin
const storing = measure(DAY_MS / SNAPSHOT_MS, () => {
  at += SNAPSHOT_MS
  for (const [i, { kind }] of layout.entries()) if (kind === 'counter') numbers[i] = (numbers[i] ?? 0) + (i % 7)
  series.append(at, numbers)
  if (at % 60_000 < SNAPSHOT_MS) maintainSeries(db, { keptMs: 90 * DAY_MS, maxBytes: MAX_BYTES }, at)
})
const rules = activateRules(
  RULES.filter(({ evaluatedBy }) => evaluatedBy === 'both'),
  loadMonitoringConfig(undefined, {}),
)
const evaluator = createEvaluator({
  measure: (expression, time) => evaluateExpression(expression, series, time),
  record: (name, measured, time) => series.appendGauge(name, measured, time),
  store: createAlertStore(db),
  notify() {},
})
let time = at
const evaluating = measure(evaluations, () => {
  time += EVALUATION_MS
  const problems = evaluator.evaluate(rules, RECORDINGS, time)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
})
printTable(
  ['', 'processor ms', 'share of a CPU'],
  [
    [`parsing a scrape of ${layout.length} values, the reference`, parsing.toFixed(2), ''],
    [`a snapshot, every ${SNAPSHOT_MS / 1000} s, with downsampling`, storing.toFixed(2), share(storing, SNAPSHOT_MS)],
    [
      `an evaluation of ${rules.length} rules, every ${EVALUATION_MS / 1000} s`,
      evaluating.toFixed(2),
      share(evaluating, EVALUATION_MS),
    ],
  ],
)
console.log(`\nA day of history: ${(sizeOf(db) / 1e6).toFixed(1)} MB.`)
db.close()

/** Mean processor milliseconds of a call. */
function measure(times: number, run: () => void): number {
  run()
  const start = process.cpuUsage()
  for (let i = 0; i < times; i++) run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / times
}

function share(ms: number, interval: number): string {
  return `${((ms / interval) * 100).toFixed(3)} %`
}

async function readMetrics(): Promise<string> {
  const server = await startServer(join(work, 'data'), join(work, 'logs'), { DIAGNOSTIC_ROUTES: 'true' })
  for (let i = 0; i < 50; i++) {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: `What is ${i}?` }),
    }
    await (await fetch(`${server.address}/chat`, init)).arrayBuffer()
    for (const path of ['/hello', '/health', '/cause-error', `/unknown-${i}`])
      await (await fetch(`${server.address}${path}`)).arrayBuffer()
  }
  const text = await (await fetch(`${server.address}/metrics`)).text()
  await server.kill()
  return text
}

/** Reads the text format of Prometheus. */
function parse(text: string): { readonly layout: Layout; readonly numbers: number[] } {
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', kind]) => [name, kind]))
  const lines = [...text.matchAll(/^([a-z_]+)(?:\{(.*)\})? (\S+)/gim)]
  return {
    layout: lines.map(([, name = '', labels = '']) => ({
      name,
      kind: kinds.get(name) === 'gauge' ? 'gauge' : 'counter',
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [label, value]),
      ),
    })),
    numbers: lines.map(([, , , value]) => Number(value)),
  }
}
