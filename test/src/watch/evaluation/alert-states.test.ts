import t from 'tap'
import type { Alert } from '../../../../src/watch/evaluation/alert.ts'
import { advance } from '../../../../src/watch/evaluation/alert-states.ts'

const RULE = { id: 'r', forS: 60, keepFiringS: 120, severity: 'warning' } as const

/** The phases and transitions of a rule, evaluated every 30 s. `1` is a condition that holds. */
function run(held: string, rule: typeof RULE | { id: string; forS: number; keepFiringS: number; severity: 'warning' } = RULE) {
  let alerts: readonly Alert[] = []
  const phases: string[] = []
  const kinds: string[] = []
  for (const [i, symbol] of [...held].entries()) {
    const next = advance(rule, alerts, symbol === '1' ? [{ labels: {}, value: 1, condition: 0 }] : [], i * 30_000)
    alerts = next.alerts
    phases.push(alerts[0]?.phase.charAt(0) ?? '.')
    kinds.push(
      ...next.transitions.map(
        ({ kind, at, durationMs }) => `${kind}@${at / 1000}${durationMs === undefined ? '' : `:${durationMs / 1000}`}`,
      ),
    )
  }
  return { phases: phases.join(''), kinds }
}

t.test('an alert is pending for its time, fires, and is resolved after the time without its condition', async t => {
  t.same(run('0111110000000'), {
    phases: '.ppffffff....',
    kinds: ['pending@30', 'firing@90', 'resolved@270:180'],
  })
})

t.test('a condition that ends while pending never fires', async t => {
  t.same(run('0110110'), { phases: '.pp.pp.', kinds: ['pending@30', 'ended@90', 'pending@120', 'ended@180'] })
})

t.test('a gap shorter than keepFiringS does not resolve the alert', async t => {
  t.same(run('11110001110000').kinds, ['pending@0', 'firing@60', 'resolved@390:330'])
})

t.test('without a duration an alert fires at once and without a pending transition', async t => {
  t.same(run('010', { id: 'r', forS: 0, keepFiringS: 0, severity: 'warning' }), {
    phases: '.f.',
    kinds: ['firing@30', 'resolved@60:30'],
  })
})

t.test('alerts of different labels move on their own; of two conditions for the same labels the first counts', async t => {
  const held = [
    { labels: { volume: 'data' }, value: 0.1, condition: 0 },
    { labels: { volume: 'log' }, value: 4e9, condition: 1 },
    { labels: { volume: 'data' }, value: 3e9, condition: 1 },
  ]
  const { alerts } = advance(RULE, [], held, 0)
  t.match(
    alerts.toSorted((a, b) => a.condition - b.condition),
    [
      { labels: { volume: 'data' }, condition: 0 },
      { labels: { volume: 'log' }, condition: 1 },
    ],
  )
  const next = advance(RULE, alerts, held.slice(0, 1), 60_000)
  t.same(
    next.transitions.map(({ kind, labels }) => [kind, labels]),
    [
      ['firing', { volume: 'data' }],
      ['ended', { volume: 'log' }],
    ],
  )
})
