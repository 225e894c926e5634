import t from 'tap'
import { createRefusalReport } from '../../../src/admission/refusal-report.ts'

t.test('refusals are reported once a second, with their number by reason', async t => {
  const reports: unknown[] = []
  const timers: (() => void)[] = []
  const count = createRefusalReport({ report: counts => reports.push(counts), setTimer: run => timers.push(run) })
  for (let i = 0; i < 1000; i++) count('limit')
  count('share')
  t.same([reports.length, timers.length], [0, 1])
  timers.shift()?.()
  t.same(reports, [{ limit: 1000, share: 1 }])
  count('share')
  timers.shift()?.()
  t.same(reports[1], { limit: 0, share: 1 })
})
