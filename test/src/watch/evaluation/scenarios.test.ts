import t from 'tap'
import { loadMonitoringConfig } from '../../../../src/watch/configuration/load-monitoring-config.ts'
import type { Alert } from '../../../../src/watch/evaluation/alert.ts'
import { createEvaluator } from '../../../../src/watch/evaluation/evaluator.ts'
import { activateRules } from '../../../../src/watch/rules/active-rules.ts'
import { matcher } from '../../../../src/watch/rules/expression.ts'
import { RECORDINGS } from '../../../../src/watch/rules/request-rules.ts'
import { RULES } from '../../../../src/watch/rules/rules.ts'
import { evaluateExpression } from '../../../../src/watch/series/evaluate-expression.ts'
import type { Point, Series } from '../../../../src/watch/series/series.ts'
import { DAY_SCENARIOS } from '../../../../tools/alerts/day-scenarios.ts'
import { SCENARIOS, type Scenario } from '../../../../tools/alerts/scenarios.ts'
import { createMemoryReader } from '../series/memory-reader.ts'

// promtool runs the same scenarios over the rules of Prometheus: otel/stack/alerts*.test.yaml.

const INTERVAL_MS = 15_000
const RULES_HERE = activateRules(
  RULES.filter(({ evaluatedBy }) => evaluatedBy === 'both'),
  loadMonitoringConfig(undefined, {}),
)

for (const scenario of [...SCENARIOS, ...DAY_SCENARIOS])
  t.test(scenario.name, async t => {
    const firingAt = evaluate(scenario)
    for (const [minute, expected] of Object.entries(scenario.firing))
      t.same(firingAt(Number(minute) * 60_000), expected.toSorted(), `after ${minute} minutes`)
  })

/** Evaluates the rules over the time of a scenario. Returns what fired at a time. */
function evaluate({ series, intervalS, firing }: Scenario): (at: number) => readonly string[] {
  const recorded: Record<string, { labels: Readonly<Record<string, string>>; points: Point[] }[]> = {}
  const reader = createMemoryReader({ ...parse(series, intervalS * 1000), ...recorded })
  const memory = () => createMemoryReader(recorded)
  let alerts: readonly Alert[] = []
  const evaluator = createEvaluator({
    measure: (expression, at) =>
      evaluateExpression(
        expression,
        { read: (name, ...rest) => (name.includes(':') ? memory() : reader).read(name, ...rest) },
        at,
      ),
    record(name, values, at) {
      recorded[name] ??= [{ labels: {}, points: [] }]
      for (const { value } of values) recorded[name][0]?.points.push({ t: at, v: value })
    },
    store: {
      list: () => alerts,
      save: next => {
        alerts = next
      },
      silences: () => [],
    },
    notify() {},
  })
  const checks = Object.keys(firing).map(minute => Number(minute) * 60_000)
  const seen = new Map<number, readonly string[]>()
  // Scenarios of days are evaluated less often until an hour before a check.
  const isLong = Math.max(...checks) > 86_400_000
  for (let at = 0; at <= Math.max(...checks); at += INTERVAL_MS) {
    if (isLong && at % 600_000 !== 0 && !checks.some(check => at <= check && check - at < 3 * 3_600_000)) continue
    t.same(evaluator.evaluate(RULES_HERE, RECORDINGS, at), [])
    if (checks.includes(at))
      seen.set(
        at,
        alerts
          .filter(({ phase }) => phase === 'firing')
          .map(nameOf)
          .toSorted(),
      )
  }
  return at => seen.get(at) ?? ['not evaluated']
}

function nameOf({ rule, labels }: Alert): string {
  const shown = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return shown.length === 0 ? rule : `${rule}{${shown.join(', ')}}`
}

/** Series in the notation of promtool: `0+5x10 7x3`. */
function parse(series: Scenario['series'], intervalMs: number): Record<string, Series[]> {
  const parsed: Record<string, Series[]> = {}
  for (const [text, values] of Object.entries(series)) {
    const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(text) ?? []
    const labels = Object.fromEntries(
      [...inner.matchAll(/\w+="[^"]*"/g)].map(([pair]) => [matcher(pair).label, matcher(pair).value]),
    )
    const points = values
      .split(' ')
      .flatMap(run => {
        const [, start = '0', step = '0', times = '0'] = /^([\d.]+)(?:\+([\d.]+))?(?:x(\d+))?$/.exec(run) ?? []
        return Array.from({ length: Number(times) + 1 }, (_, i) => Number(start) + i * Number(step))
      })
      .map((v, i) => ({ t: i * intervalMs, v }))
    parsed[name] = [...(parsed[name] ?? []), { labels, points }]
  }
  return parsed
}
