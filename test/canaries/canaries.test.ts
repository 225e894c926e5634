import t from 'tap'
import { makeCanaries } from './canary-kinds.ts'
import { proveCanaries } from './proof.ts'

t.test('no kind of secret leaves the server, in any message, header, id or path', async t => {
  const canaries = makeCanaries()
  // Each kind whole, and three kinds in every form.
  const few = canaries.filter(({ form }, i) => form === 'whole' || i % 101 < 6)
  const { leaks, sinks, requests } = await proveCanaries(t, few, () => false)
  t.ok(requests > 1000)
  for (const name of ['log files', 'stdout and stderr', 'spans', '/metrics', 'audit trail', 'database after erasure'])
    t.ok((sinks.find(sink => sink.name === name)?.text.length ?? 0) > 1000, `${name}: collected`)
  for (const { canary, sink, excerpt } of leaks)
    if (sink.known === undefined) t.fail(`${sink.name}: ${canary.kind}, ${canary.form}: ${excerpt}`)
})
