import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import * as thresholds from '../../../otel/dashboards/thresholds.ts'
import { loadConfig } from '../../../src/config.ts'
import { askedBy, checkHistograms, checkKinds, checkLabels, findMetric } from './query-checks.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** Health checks and scrapes. */
const PROBES = { label: 'endpoint', operator: '!~', value: '/health.*|/metrics' }

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
}

const { groups } = parse(read('otel/stack/alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
const rules = groups.flatMap(({ rules }) => rules)
const asked = rules.flatMap(({ alert, record, expr }) => askedBy(`alerts.yaml, ${alert ?? record}`, expr))
const inManual = manualQueries().flatMap(query => askedBy('docs', query))

t.test('alert rules use existing metrics according to their kind', async t => {
  checkLabels(t, asked)
  checkKinds(t, asked)
  checkHistograms(t, asked)
})

t.test('queries in the docs use existing metrics according to their kind', async t => {
  t.ok(inManual.length >= 12, `${inManual.length} metrics`)
  checkLabels(t, inManual)
  // A bare name refers to a metric; only formulas are checked for its kind.
  const formulas = inManual.filter(({ functions, metric }) => functions.length > 0 || findMetric(metric).kind === 'gauge')
  checkKinds(t, formulas)
  checkHistograms(t, formulas)
})

t.test('error rates exclude health checks and scrapes', async t => {
  const shares = [...asked, ...inManual].filter(
    ({ metric, groupings }) => metric === 'chatbot_requests_total' && !groupings.flat().includes('endpoint'),
  )
  t.ok(shares.length >= 6, `${shares.length} selectors`)
  for (const { called, matchers } of shares)
    t.same(
      matchers.find(({ label }) => label === 'endpoint'),
      PROBES,
      called,
    )
})

t.test('limits on dashboards equal those of alerts and settings', async t => {
  const alertOf: Readonly<Record<string, string>> = {
    RESPONSE_TIME_LIMIT_S: 'ResponseTimeDegradation',
    ERROR_RATE_LIMIT: 'HighErrorRate',
    MEMORY_LIMIT_RATIO: 'MemoryExhaustion',
    CPU_LIMIT_RATIO: 'HighCpu',
    QUEUE_LIMIT_MESSAGES: 'QueueBacklog',
    DISK_FREE_LIMIT_RATIO: 'DiskSpace',
    TELEMETRY_AGE_LIMIT_S: 'TelemetryStopped',
  }
  const { EVENT_LOOP_LIMIT_S, ...others } = thresholds
  t.equal(EVENT_LOOP_LIMIT_S, loadConfig({}).maxEventLoopDelayMs / 1000)
  const constants = Object.entries(others).filter(([, value]) => typeof value === 'number')
  t.same(constants.map(([name]) => name).sort(), Object.keys(alertOf).sort(), 'each constant comes from an alert')
  for (const [name, value] of constants) t.equal(limitOf(alertOf[name] ?? ''), value, `${name} is the limit of ${alertOf[name]}`)
})

t.test('the dashboard and docs/tracing.md have exactly the spans that plugins create', async t => {
  const names = globSync('plugins/**/*.ts', { cwd: ROOT }).flatMap(file =>
    [...read(file).matchAll(/\btraced\w*\(\s*'([^']+)'/g)].map(([, name]) => name as string),
  )
  const [, pattern = ''] = /span_name=~\\"(queue[^"\\]*)\\"/.exec(read('otel/stack/dashboards/chatbot.json')) ?? []
  const steps = pattern.split('|')
  t.ok(steps.length > 3, pattern)
  const isStep = (step: string, name: string) => new RegExp(`^(?:${step})$`).test(name)
  for (const step of steps)
    t.ok(
      names.some(name => isStep(step, name)),
      `there is a span ${step}`,
    )
  // These contain a whole turn, so they are no step of it.
  const whole = names.filter(name => name.startsWith('invoke_agent ') || name === 'webhook')
  t.equal(whole.length, 2)
  const unseen = names.filter(name => !whole.includes(name) && !steps.some(step => isStep(step, name)))
  t.same(unseen, [], 'no step is missing')
  const page = read('docs/tracing.md')
  for (const name of names) t.ok(page.includes(`\`${name}\``), `docs/tracing.md describes the span ${name}`)
})

/** Returns the limit in the first comparison of an alert's expression. */
function limitOf(alert: string): number {
  const rule = rules.find(rule => rule.alert === alert)
  return Number(/(?:>=?|<=?) (\d[\d.]*)\s*(?:$| or )/m.exec(rule?.expr ?? '')?.[1])
}

/** Returns the PromQL queries in the docs. */
function manualQueries(): readonly string[] {
  const [, table = ''] = /\| Question \| PromQL \|\n([\s\S]*?)\n\n/.exec(read('docs/metrics.md')) ?? []
  const spans = table.split('\n').flatMap(row => [...row.replace(/^\|.*?(?<!\\)\|/, '').matchAll(/`([^`]+)`/g)])
  const commands = read('docs/stack.md').matchAll(/'query=(.+)'/g)
  return [...spans, ...commands].map(([, query = '']) => query.replaceAll('\\|', '|'))
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
