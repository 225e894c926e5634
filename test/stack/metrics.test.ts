import t from 'tap'
import { createClient } from './world/client.ts'
import { startStack } from './world/stack.ts'
import { readDashboards } from './world/telemetry/dashboards.ts'
import { askPrometheus, hasData, query, readValue } from './world/telemetry/prometheus.ts'
import { openReceived } from './world/telemetry/received.ts'
import { driveTraffic } from './world/traffic.ts'
import { until } from './world/waiting.ts'

/** An alert needs a minute, plus a scrape and an evaluation of 15 s before and after. */
const ALERT_LIMIT_S = 150
const ROUNDS = 2
/** The server pushes metrics once a minute; a rate needs two scrapes after that. */
const DATA_LIMIT_S = 120

t.test('Prometheus and the dashboards show the traffic', async t => {
  const stack = await startStack(t, { variables: { DIAGNOSTIC_ROUTES: 'true' } })
  const startS = Date.now() / 1000
  await until('Prometheus has scraped the server before the traffic', async () => (await readValue('up{job="chatbot"}')) === 1)
  const client = createClient()
  const stored = () => client.turns.filter(({ status }) => status === 200)
  const counted = async () => (await readValue('sum(chatbot_turns_total)')) >= stored().length
  // Twice: the first value of a series has no rate.
  for (let round = 0; round < ROUNDS; round++) {
    await driveTraffic(client)
    await until('Prometheus has counted the last turn', counted)
  }
  await until(
    'the span metrics include it',
    async () => (await readValue('sum(traces_span_metrics_calls_total{span_name="POST /chat"})')) >= client.turns.length,
  )

  t.test('requests, by endpoint and status', async t => {
    for (const [key, times] of client.requests) {
      const [, endpoint, status] = /(.*) (.*)/.exec(key) ?? []
      t.equal(await readValue(`chatbot_requests_total{endpoint="${endpoint}",status="${status}"}`), times, key)
    }
    const sent = [...client.requests.values()].reduce((sum, times) => sum + times)
    t.equal(await readValue('sum(chatbot_requests_total{endpoint!~"/health.*|/metrics"})'), sent, 'no other requests')
    t.equal(await readValue('chatbot_response_time_seconds_count{endpoint="/chat"}'), client.turns.length)
    t.equal(await readValue('chatbot_request_errors_total{code="DIAGNOSTIC_ERROR"}'), 2 * ROUNDS)
    t.equal(await readValue('chatbot_request_errors_total{endpoint="/chat",code="SESSION_NOT_FOUND"}'), ROUNDS)
  })

  t.test('turns, commands, questions, judgements and sessions', async t => {
    for (const kind of ['answer', 'command', 'fallback']) {
      const times = stored().filter(({ body }) => body.kind === kind).length
      t.ok(times > 0, kind)
      t.equal(await readValue(`chatbot_turns_total{kind="${kind}"}`), times, kind)
    }
    t.equal(await readValue('chatbot_commands_total{command="help",status="success"}'), ROUNDS)
    t.equal(await readValue('chatbot_commands_total{command="unknown",status="refused"}'), 2 * ROUNDS)
    t.equal(
      await readValue('chatbot_questions_total{outcome="abstained"}'),
      stored().filter(({ body }) => body.kind === 'fallback' && !/^Hello!/.test(body.response)).length,
    )
    t.equal(await readValue('chatbot_feedback_total{judgement="correct"}'), 2 * ROUNDS)
    t.equal(await readValue('chatbot_feedback_total{judgement="incorrect"}'), 2 * ROUNDS)
    const sessions = new Set(stored().map(({ body }) => body.session_id)).size
    t.equal(await readValue('chatbot_sessions_opened_total'), sessions + ROUNDS, 'including sessions opened without a message')
    t.equal(await readValue('chatbot_sessions_closed_total{reason="deleted"}'), ROUNDS)
    t.equal(await readValue('chatbot_active_sessions'), sessions)
    t.ok((await readValue('chatbot_database_slow_operations_total')) >= 1, 'the delayed write')
  })

  t.test('the collector counts the same turns from their spans, and no health checks', async t => {
    const calls = (name: string) => readValue(`sum(traces_span_metrics_calls_total{span_name="${name}"})`)
    t.equal(await calls('POST /chat'), client.turns.length)
    t.equal(await calls('store'), stored().length)
    t.equal(await readValue('sum(traces_span_metrics_duration_seconds_count{span_name="POST /chat"})'), client.turns.length)
    t.equal(
      await readValue('sum(traces_span_metrics_calls_total{status_code="STATUS_CODE_ERROR",span_kind="SPAN_KIND_SERVER"})'),
      2 * ROUNDS,
    )
    t.same(await query('traces_span_metrics_calls_total{span_name=~".*(health|metrics).*"}'), [])
  })

  t.test('exemplars lead to existing traces', async t => {
    const series = await askPrometheus<{ exemplars: { labels: { trace_id: string } }[] }[]>('query_exemplars', {
      query: 'traces_span_metrics_duration_seconds_bucket{span_name="POST /chat"}',
      start: String(startS),
      end: String(Date.now() / 1000),
    })
    const exemplars = series.flatMap(({ exemplars }) => exemplars)
    t.ok(exemplars.length > 0)
    const received = openReceived()
    const missing = () => {
      const traceIds = new Set(received.spans().map(({ traceId }) => traceId))
      return exemplars.map(({ labels }) => labels.trace_id).filter(id => !traceIds.has(id))
    }
    // The collector holds a trace with a remote root until its decision wait has passed.
    await until('the traces of all exemplars have arrived', () => missing().length === 0)
  })

  t.test('all running services are scraped', async t => {
    const up = await query('up')
    for (const job of ['chatbot', 'spanmetrics', 'collector', 'prometheus', 'alertmanager'])
      t.same(up.find(({ labels }) => labels.job === job)?.values, [1], job)
  })

  t.test('every panel of every dashboard has data', async t => {
    const queries = readDashboards().flatMap(({ panels }) =>
      panels.flatMap(({ dashboard, title, queries }) =>
        queries.prometheus.map(expression => ({ panel: `${dashboard}, ${title}`, expression })),
      ),
    )
    t.ok(queries.length > 50, `${queries.length} queries`)
    let empty = queries
    const allHaveData = async () => {
      const results = await Promise.all(empty.map(async ({ expression }) => hasData(await query(expression, startS))))
      empty = empty.filter((_, at) => results[at] === false)
      return empty.length === 0
    }
    // Lists empty panels, which a timeout would not show.
    await until('every panel has data', allHaveData, DATA_LIMIT_S).catch(() => undefined)
    t.same(empty, [])
  })

  t.test('the alert rules are loaded, and an alert reaches Alertmanager', async t => {
    const { groups } = await askPrometheus<{ groups: { rules: { name: string; health: string; state: string }[] }[] }>('rules')
    const rules = groups.flatMap(({ rules }) => rules)
    t.ok(rules.length >= 10, `${rules.length} rules`)
    for (const { name, health } of rules) t.equal(health, 'ok', name)
    t.equal(await stack.container('pellucid').stop(), 0)
    const alerts = async () =>
      (await (await fetch('http://alertmanager:9093/api/v2/alerts')).json()) as Record<string, Record<string, string>>[]
    await until(
      'SystemDown is there',
      async () => (await alerts()).some(({ labels }) => labels?.alertname === 'SystemDown'),
      ALERT_LIMIT_S,
    )
    const alert = (await alerts()).find(({ labels }) => labels?.alertname === 'SystemDown')
    t.match(alert, {
      labels: { severity: 'critical', job: 'chatbot' },
      annotations: { summary: /.+/, description: /.+/, action: /.+/ },
    })
  })
})
