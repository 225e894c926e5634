import t from 'tap'
import { loadMonitoringConfig } from '../../../../src/watch/configuration/load-monitoring-config.ts'
import type { Alert, Transition } from '../../../../src/watch/evaluation/alert.ts'
import { createEvaluator } from '../../../../src/watch/evaluation/evaluator.ts'
import { activateRules } from '../../../../src/watch/rules/active-rules.ts'
import { RULES } from '../../../../src/watch/rules/rules.ts'

/** A store of alerts, and an evaluator for each start that measures what the test says. */
function openWorld() {
  const rules = activateRules(
    RULES.filter(({ id }) => id === 'session_limit'),
    loadMonitoringConfig(undefined, {}),
  ).map(rule => ({ ...rule, forS: 0 }))
  const state = { alerts: [] as readonly Alert[], measured: [1] as readonly number[] }
  const history: Transition[] = []
  const sent: string[] = []
  const start = () =>
    createEvaluator({
      measure: () => state.measured.map(value => ({ labels: {}, value })),
      record() {},
      store: {
        list: () => state.alerts,
        save(next, transitions) {
          state.alerts = next
          history.push(...transitions)
        },
        silences: () => [],
      },
      notify: (_rule, kind) => void sent.push(kind),
    })
  return { rules, state, history, sent, start }
}

t.test('an alert whose rule is disabled while it fires ends in the history, without a time to resolve', async t => {
  const { rules, state, history, start } = openWorld()
  const evaluator = start()
  evaluator.evaluate(rules, [], 1000)
  t.match(state.alerts, [{ rule: 'session_limit', phase: 'firing' }])
  evaluator.evaluate([], [], 2000)
  t.same(state.alerts, [])
  t.same(history.at(-1), { at: 2000, rule: 'session_limit', labels: {}, kind: 'resolved', value: 1, detail: 'rule disabled' })
})

t.test('an alert that fired before a long stop is not reported as resolved before there are new values', async t => {
  const { rules, state, sent, start } = openWorld()
  const HOUR = 3_600_000
  start().evaluate(rules, [], 1000)
  t.same(sent, ['firing'])
  // A server that has just started has no values yet.
  state.measured = []
  const evaluator = start()
  evaluator.evaluate(rules, [], HOUR)
  evaluator.evaluate(rules, [], HOUR + 15_000)
  t.match(state.alerts, [{ phase: 'firing' }])
  state.measured = [1]
  evaluator.evaluate(rules, [], HOUR + 30_000)
  state.measured = [0]
  evaluator.evaluate(rules, [], HOUR + 140_000)
  t.same(sent, ['firing'])
  evaluator.evaluate(rules, [], HOUR + 150_000)
  t.same(sent, ['firing', 'resolved'], 'two minutes after it held')
})
