import t from 'tap'
import { trackExports } from '../../../../otel/export-state.ts'
import { createLosses } from '../../../../otel/sentry/losses.ts'
import { sendReport } from '../../../../src/watch/composition/error-reporting.ts'

t.test('a report that cannot be made is a failure with a reason, and not one of too many', async t => {
  const tracker = trackExports('errors', 'https://sentry.example.com/1', { isConfigured: true, timeoutMs: 1000 })
  const losses = createLosses(tracker)
  const sink = { ...losses, send: () => t.fail('there is no report') }
  losses.refuse()
  t.match(tracker.state, { dropped: 1, failures: 0, failure: undefined })
  sendReport(sink, () => JSON.parse('my secret'))
  t.match(tracker.state, { dropped: 2, failures: 1, failure: 'no report could be made: SyntaxError', waiting: 0 })
  t.notMatch(tracker.state.failure, /secret/, 'without the line')
})
