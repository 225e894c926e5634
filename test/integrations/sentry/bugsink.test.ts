import t from 'tap'
import { readVersion } from '../../../src/base/version.ts'
import { say } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { startBugsink } from './bugsink.ts'
import { causeErrors, readErrorsMetric, refuseWrites, startReportingServer } from './world.ts'

t.test('in Bugsink, errors of one kind are one issue, and each event has its ids', async t => {
  const bugsink = await startBugsink(t)
  const server = await startReportingServer(t, bugsink.dsn, { SENTRY_ENVIRONMENT: 'staging' })
  refuseWrites(server)
  const turns = [
    await say(server.address, 'Is "rhubarb" hardy in zone 7?', { user_id: 'alice@example.com' }),
    await say(server.address, 'Is "saffron" hardy in zone 9?', { user_id: 'bob@example.com' }),
  ]
  await causeErrors(server, 1)
  await until(async () => (await readErrorsMetric(server, 'telemetry_exported_total')) === 3)
  const issues = await bugsink.list('issues/?project=1')
  t.same(issues.map(issue => issue.digested_event_count).sort(), [1, 2], 'three errors are two issues')

  const issue = issues.find(({ digested_event_count: count }) => count === 2)
  t.match(issue, { calculated_type: 'Error', calculated_value: 'no room for: <*>', transaction: 'POST /chat' })
  const listed = await bugsink.list(`events/?issue=${issue.id}`)
  const events = await Promise.all(listed.map(({ id }) => bugsink.get(`events/${id}/`)))
  const readLines = () => server.logLines().filter(({ level, route }) => level === 'ERROR' && route === '/chat')
  await until(() => readLines().length === 2)
  const lines = readLines()
  const facts = events.map(({ data }) => ({
    trace: data.contexts.trace,
    user: data.user.id,
    release: data.release,
    environment: data.environment,
    kind: data.tags.kind,
  }))
  const order = (a: { user: unknown }, b: { user: unknown }) => (String(a.user) < String(b.user) ? -1 : 1)
  const expected = lines.map(({ trace_id, span_id, user_id }) => ({
    trace: { trace_id, span_id },
    user: user_id,
    release: `pellucid@${readVersion()}`,
    environment: 'staging',
    kind: events[0].data.fingerprint[0],
  }))
  t.same(facts.sort(order), expected.sort(order))
  t.same(
    lines.map(({ trace_id }) => trace_id).sort(),
    turns.map(({ headers }) => headers.get('x-trace-id')).sort(),
    'these are the traces that callers got',
  )
  for (const { data } of events) t.ok(data.breadcrumbs.length > 0, 'breadcrumbs are stored')
  t.notMatch(JSON.stringify(events), /rhubarb|saffron|hardy|alice|bob@/)
})
