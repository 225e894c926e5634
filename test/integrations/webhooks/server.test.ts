import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { attributesOf, startCollector } from '../../worlds/collector.ts'
import { startServer } from '../../worlds/server-world.ts'
import { startSlackApi } from '../../worlds/webhooks/slack-api.ts'
import { fromSlack, fromTelegram, slackDirect, telegramUpdate, WEBHOOK_SECRETS } from '../../worlds/webhooks/webhook-requests.ts'

t.test('a server traces, counts and logs webhooks that arrive over HTTP', async t => {
  const [collector, slack] = [await startCollector(t), await startSlackApi(t)]
  const server = await startServer(t, {
    ...WEBHOOK_SECRETS,
    WEBHOOK_SLACK_TOKEN: 'xoxb-a-token-for-tests',
    WEBHOOK_SLACK_API: slack.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  })
  const send = async ({ path, headers, body }: ReturnType<typeof fromSlack> | ReturnType<typeof fromTelegram>) => {
    const reply = await fetch(server.address + path, { method: 'POST', headers, body })
    return { status: reply.status, trace: reply.headers.get('x-trace-id'), body: await reply.json() }
  }
  const request = fromSlack(slackDirect('how do I add documents?'))
  const { trace, ...reply } = await send(request)
  t.same(reply, { status: 200, body: {} })
  t.match(slack.posts, [{ body: { channel: 'D024BE91L', text: /documents/ } }], 'posted before the acknowledgement')
  t.equal((await send(request)).status, 200)
  t.equal((await send({ ...request, body: `${request.body} ` })).status, 401)
  t.match(await send(fromTelegram(telegramUpdate('/help'))), { status: 200, body: { method: 'sendMessage' } })

  const token = readFileSync(join(server.dataDir, 'machine.token'), 'utf8').trim()
  const metrics = await (await fetch(`${server.address}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
  for (const [source, outcome] of [
    ['slack', 'answered'],
    ['slack', 'replayed'],
    ['telegram', 'answered'],
  ])
    t.match(metrics, new RegExp(`^chatbot_webhook_events_total\\{source="${source}",outcome="${outcome}"\\} 1\\b`, 'm'))
  t.match(metrics, /^chatbot_request_errors_total\{endpoint="\/webhooks\/slack",code="SIGNATURE_INVALID"\} 1\b/m)
  await server.stop()

  const spans = collector.spans.filter(({ traceId }) => traceId === trace)
  const parentOf = (name: string) => {
    const id = spans.find(span => span.name === name)?.parentSpanId
    return spans.find(({ spanId }) => spanId === id)?.name
  }
  t.equal(parentOf('webhook'), 'POST /webhooks/slack')
  t.equal(parentOf('invoke_agent pellucid'), 'webhook')
  t.equal(parentOf('session join'), 'invoke_agent pellucid')
  t.match(attributesOf(spans.find(({ name }) => name === 'webhook')), { 'chatbot.webhook.source': 'slack', 'session.id': /^s_/ })
  const lines = server.logLines().filter(line => line.trace_id === trace)
  t.match(
    lines.map(({ msg }) => msg),
    [
      'Webhook received',
      'Created new session',
      'User message received',
      'Bot response sent',
      'Slack reply posted',
      'Request served',
    ],
  )
  for (const value of ['D024BE91L', 'U2147483697', 'xoxb', WEBHOOK_SECRETS.WEBHOOK_SLACK_SECRET])
    t.notMatch(JSON.stringify([server.logLines(), collector.bodies]), value)
})
