import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { METRICS, type Metric } from '../../otel/metrics.ts'
import { startTelemetry, stopTelemetry } from '../../otel/sdk.ts'
import { COMMANDS } from '../../src/commands/command-table.ts'
import { buildAppWorld, TEA } from '../worlds/app-world.ts'
import { until } from '../worlds/until.ts'
import { type Exposition, metricOf, scrape } from './exposition.ts'

Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })
await startTelemetry()
t.after(() => stopTelemetry(1000))

const QUESTION = 'how is green tea brewed?'
const NONSENSE = 'xylophone quasar zugzwang?'

/** Increase of the matching samples, without those that did not change. */
function growth(before: Exposition, after: Exposition, pattern: RegExp): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after.samples)
      .filter(([sample]) => pattern.test(sample))
      .map(([sample, value]) => [sample, value - (before.samples[sample] ?? 0)] as const)
      .filter(([, grown]) => grown !== 0),
  )
}

t.test('metrics equal the counts of the client', async t => {
  const { app, call, chat } = await buildAppWorld(t, { MAX_SESSIONS_PER_USER: '1', SESSION_CLEANUP_INTERVAL_S: '1' })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  await call('PUT', '/documents/tea', TEA)
  const before = await scrape()
  t.equal(before.samples.chatbot_accuracy_ratio, undefined, 'no accuracy without judgements')

  const user = { user_id: 'ada' }
  const first = await chat(QUESTION, user)
  const second = await chat(QUESTION, user)
  const { session_id } = second.body
  for (let i = 0; i < 3; i++) t.equal((await chat(NONSENSE, { session_id })).body.kind, 'fallback')
  await chat('hello', { session_id })
  await chat('/help', { session_id })
  await chat('/status', { session_id })
  await chat('/search tea', { session_id })
  await chat('/feedback perhaps', { session_id })
  await chat('/nonsense', { session_id })
  await chat('/feedback good', { session_id })
  const key = { 'idempotency-key': 'once' }
  for (let i = 0; i < 3; i++) await chat(QUESTION, { session_id }, key)
  await call('POST', `/turns/${first.body.turn_id}/feedback`, { correct: true })
  await call('POST', `/turns/${second.body.turn_id}/feedback`, { correct: false })
  await call('POST', `/turns/${second.body.turn_id}/feedback`, { correct: true })
  await call('POST', '/turns/unknown/feedback', { correct: true })
  await chat('')
  await chat('hello', { session_id: 'x'.repeat(24) })
  await call('GET', '/cause-error')
  for (const path of ['/a', '/b', '/c?d']) await call('GET', path)
  await call('PUT', '/chat', {})
  await call('DELETE', `/sessions/${session_id}`)
  await call('DELETE', `/sessions/${session_id}`)
  const old = { createdAt: 1000, lastActiveAt: 61_000, expiresAt: 62_000, contextFrom: 0, turnCount: 7 }
  await app.databaseManager.sessions.open({ id: 'old', ...old }, { maxSessions: 100, maxPerUser: 100, maxPerClient: 1000 })
  while ((await app.databaseManager.sessions.find('old'))?.state === 'open') await setImmediate()
  // Already counted when it expired.
  await call('DELETE', '/sessions/old')
  for (const bytes of ['GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'no request at all\r\n\r\n']) {
    const socket = connect(Number(new URL(address).port), '127.0.0.1', () => socket.write(bytes))
    socket.resume()
    await once(socket, 'close')
  }
  const after = await scrape()

  t.same(growth(before, after, /^chatbot_requests_total/), {
    'chatbot_requests_total{endpoint="/chat",status="success"}': 15,
    'chatbot_requests_total{endpoint="/chat",status="client_error"}': 2,
    'chatbot_requests_total{endpoint="/turns/:id/feedback",status="success"}': 3,
    'chatbot_requests_total{endpoint="/turns/:id/feedback",status="client_error"}': 1,
    'chatbot_requests_total{endpoint="/cause-error",status="error"}': 1,
    'chatbot_requests_total{endpoint="/sessions/:id",status="success"}': 2,
    'chatbot_requests_total{endpoint="/sessions/:id",status="client_error"}': 1,
    'chatbot_requests_total{endpoint="unmatched",status="client_error"}': 5,
  })
  t.ok(Number.isFinite(after.samples['chatbot_response_time_seconds_sum{endpoint="unmatched"}']))
  t.same(growth(before, after, /^chatbot_response_time_seconds_count/), {
    'chatbot_response_time_seconds_count{endpoint="/chat"}': 17,
    'chatbot_response_time_seconds_count{endpoint="/turns/:id/feedback"}': 4,
    'chatbot_response_time_seconds_count{endpoint="/cause-error"}': 1,
    'chatbot_response_time_seconds_count{endpoint="/sessions/:id"}': 3,
    'chatbot_response_time_seconds_count{endpoint="unmatched"}': 5,
  })
  t.same(growth(before, after, /^chatbot_request_errors_total/), {
    'chatbot_request_errors_total{endpoint="/chat",code="VALIDATION_ERROR"}': 1,
    'chatbot_request_errors_total{endpoint="/chat",code="SESSION_NOT_FOUND"}': 1,
    'chatbot_request_errors_total{endpoint="/turns/:id/feedback",code="TURN_NOT_FOUND"}': 1,
    'chatbot_request_errors_total{endpoint="/cause-error",code="DIAGNOSTIC_ERROR"}': 1,
    'chatbot_request_errors_total{endpoint="/sessions/:id",code="SESSION_NOT_FOUND"}': 1,
    'chatbot_request_errors_total{endpoint="unmatched",code="ROUTE_NOT_FOUND"}': 3,
    'chatbot_request_errors_total{endpoint="unmatched",code="METHOD_NOT_ALLOWED"}': 1,
    'chatbot_request_errors_total{endpoint="unmatched",code="MALFORMED_REQUEST"}': 2,
  })
  t.same(growth(before, after, /^chatbot_(turns|questions|searches|commands|feedback)_total/), {
    'chatbot_turns_total{kind="answer"}': 3,
    'chatbot_turns_total{kind="fallback"}': 4,
    'chatbot_turns_total{kind="command"}': 6,
    'chatbot_questions_total{outcome="answered"}': 3,
    'chatbot_questions_total{outcome="abstained"}': 3,
    'chatbot_searches_total{outcome="hits"}': 4,
    'chatbot_searches_total{outcome="none"}': 3,
    'chatbot_commands_total{command="help",status="success"}': 1,
    'chatbot_commands_total{command="status",status="success"}': 1,
    'chatbot_commands_total{command="search",status="success"}': 1,
    'chatbot_commands_total{command="feedback",status="success"}': 1,
    'chatbot_commands_total{command="feedback",status="refused"}': 1,
    'chatbot_commands_total{command="unknown",status="refused"}': 1,
    'chatbot_feedback_total{judgement="correct"}': 3,
    'chatbot_feedback_total{judgement="incorrect"}': 1,
  })
  t.same(growth(before, after, /^chatbot_(sessions|session_(turns|duration_seconds)_(sum|count))/), {
    chatbot_sessions_opened_total: 2,
    'chatbot_sessions_closed_total{reason="limit"}': 1,
    'chatbot_sessions_closed_total{reason="deleted"}': 1,
    'chatbot_sessions_closed_total{reason="expired"}': 1,
    chatbot_session_turns_count: 3,
    chatbot_session_turns_sum: 1 + 12 + 7,
    chatbot_session_duration_seconds_count: 3,
    chatbot_session_duration_seconds_sum: after.samples.chatbot_session_duration_seconds_sum,
  })
  t.ok((after.samples.chatbot_session_duration_seconds_sum ?? 0) >= 60)
  t.match(growth(before, after, /^(chatbot_(answer|command|search|queue).*|db_client_operation.*)_count/), {
    chatbot_answer_confidence_ratio_count: 6,
    chatbot_search_duration_seconds_count: 7,
    chatbot_search_hits_count: 7,
    chatbot_queue_wait_seconds_count: 12,
    'chatbot_command_duration_seconds_count{command="help"}': 1,
    'db_client_operation_duration_seconds_count{operation="INSERT turns"}': 13,
    'db_client_operation_duration_seconds_count{operation="INSERT sessions"}': 3,
  })
  t.match(after.samples, {
    chatbot_active_sessions: 0,
    chatbot_documents: app.searchEngine.index.state.documents,
    chatbot_database_up: 1,
    'db_client_connection_count{state="idle"}': 2,
  })
})

t.test('a client that disconnects before its reply is counted once', async t => {
  const { app } = await buildAppWorld(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const before = await scrape()
  const head = 'POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
  const socket = connect(Number(new URL(address).port), '127.0.0.1', () => socket.write(head, () => socket.destroy()))
  let grown = {}
  await until(async () => {
    grown = growth(before, await scrape(), /^chatbot_request(s|_errors)_total/)
    return Object.keys(grown).length > 0
  })
  t.same(grown, {
    'chatbot_requests_total{endpoint="/chat",status="client_error"}': 1,
    'chatbot_request_errors_total{endpoint="/chat",code="CLIENT_CLOSED_REQUEST"}': 1,
  })
})

t.test('accuracy uses the latest judgements, by command or route', async t => {
  const { call, chat } = await buildAppWorld(t)
  const turns = []
  for (let i = 0; i < 3; i++) turns.push((await chat('hello')).body)
  await chat('/feedback bad', { session_id: turns[0].session_id })
  for (const { turn_id } of turns) await call('POST', `/turns/${turn_id}/feedback`, { correct: true })
  await call('POST', `/turns/${turns[2].turn_id}/feedback`, { correct: false })
  t.match((await scrape()).samples, {
    'chatbot_judged_turns{judgement="correct"}': 2,
    'chatbot_judged_turns{judgement="incorrect"}': 1,
    chatbot_accuracy_ratio: 2 / 3,
  })
})

t.test('the running application exposes every metric without rare events', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const { turn_id } = (await chat(QUESTION)).body
  await call('POST', `/turns/${turn_id}/feedback`, { correct: true })
  const exposition = await scrape()
  const shown = new Set(Object.keys(exposition.samples).map(sample => metricOf(sample, exposition)))
  const missing = Object.keys(METRICS).filter(name => !shown.has(name) && !/^(http_client|telemetry|alert_time)_/.test(name))
  t.same(missing, [])
  const commands = [...COMMANDS.map(({ name }) => name), 'unknown']
  for (const command of commands)
    t.ok(`chatbot_commands_total{command="${command}",status="error"}` in exposition.samples, command)
  const { endpoint }: NonNullable<Metric['labels']> = METRICS.chatbot_requests_total.labels
  const routes = Object.keys(app.swagger().paths ?? {}).length
  t.ok(endpoint !== undefined && 'of' in endpoint && routes + 1 <= endpoint.atMost, `${routes} routes`)
})
