import t from 'tap'
import { loadMonitoringConfig } from '../../../../src/monitoring/configuration/load-monitoring-config.ts'
import type { Alert, Transition } from '../../../../src/monitoring/evaluation/alert.ts'
import { createEvaluator } from '../../../../src/monitoring/evaluation/evaluator.ts'
import { activateRules } from '../../../../src/monitoring/rules/active-rules.ts'
import { RULES } from '../../../../src/monitoring/rules/rules.ts'

t.test('an alert whose rule is disabled while it fires ends in the history, without a time to resolve', async t => {
  const rules = activateRules(
    RULES.filter(({ id }) => id === 'session_limit'),
    loadMonitoringConfig(undefined, {}),
  ).map(rule => ({ ...rule, forS: 0 }))
  let alerts: readonly Alert[] = []
  const history: Transition[] = []
  const evaluator = createEvaluator({
    measure: () => [{ labels: {}, value: 1 }],
    record() {},
    store: {
      list: () => alerts,
      save(next, transitions) {
        alerts = next
        history.push(...transitions)
      },
      silences: () => [],
    },
    notify() {},
  })
  evaluator.evaluate(rules, [], 1000)
  t.match(alerts, [{ rule: 'session_limit', phase: 'firing' }])
  evaluator.evaluate([], [], 2000)
  t.same(alerts, [])
  t.same(history.at(-1), { at: 2000, rule: 'session_limit', labels: {}, kind: 'resolved', value: 1, detail: 'rule disabled' })
})
