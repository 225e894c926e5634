import t from 'tap'
import { createClient } from './world/client.ts'
import { startStack } from './world/stack.ts'
import { openReceived } from './world/telemetry/received.ts'
import { until } from './world/waiting.ts'

/** Secrets that must not appear in telemetry. */
const SECRETS = {
  'an address': 'ada.lovelace@example.com',
  'a card': '4111 1111 1111 1111',
  'the same card without spaces': '4111111111111111',
  'a token': 'Bearer mF9tB5f41JqMx7zQpLw2',
  'a key': 'sk-live4eC39HqLyjWDarjtT1zdp7dc',
} as const
const USER = 'grace.hopper'
/** Targets of Prometheus. */
const TOKEN = `ghp_${'a1'.repeat(18)}`
const METRICS_PAGES = [
  'http://pellucid:8000/metrics',
  'http://collector:8888/metrics',
  'http://collector:8889/metrics',
  'http://collector:8890/metrics',
]

t.test('the server exports no secret', async t => {
  const stack = await startStack(t, { variables: { DIAGNOSTIC_ROUTES: 'true', OTEL_CAPTURE_CONTENT: 'redacted' } })
  const received = openReceived()
  const client = createClient()
  const headers = { authorization: SECRETS['a token'] }
  for (const secret of Object.values(SECRETS)) {
    await client.say(`my secret is ${secret}`, { user_id: USER }, headers)
    await client.say(`/search ${secret}`, { user_id: USER }, headers)
    await client.say(`/${secret}`, { user_id: USER })
    await client.send('GET', 'unmatched', {
      path: `/nowhere/${encodeURIComponent(secret)}?q=${encodeURIComponent(secret)}`,
      headers,
    })
    await client.send('GET', '/turns/:id', { path: `/turns/${encodeURIComponent(secret)}` })
  }
  const { body, traceId } = await client.say(`Authorization: ${SECRETS['a token']}`, { user_id: USER })
  await until('the last trace is there', () =>
    received.spans().some(span => span.traceId === traceId && span.name === 'POST /chat'),
  )
  await until('the last line is there', () => received.logs().some(line => line.attributes.turn_id === body.turn_id))
  // Span metrics are flushed every 15 s.
  await until("the spans' metrics are there", async () => (await pageOf(METRICS_PAGES[2])).includes('POST /chat'))
  const exported = [
    received.text(),
    ...(await Promise.all(METRICS_PAGES.map(pageOf))),
    stack.container('pellucid').output(),
  ].join('\n')
  for (const [what, secret] of Object.entries(SECRETS)) t.notOk(exported.includes(bare(secret)), what)
  t.notOk(exported.includes(USER), 'users appear by pseudonym only')
  t.match(exported, /gen_ai\.input\.messages.*\[email\]/, 'messages contain placeholders instead of secrets')
})

t.test('the collector redacts what applications miss', async t => {
  await startStack(t)
  const received = openReceived()
  const now = String(BigInt(Date.now()) * 1_000_000n)
  const attributes = Object.entries(SECRETS).map(([what, secret], at) => ({
    key: `note.${at}`,
    value: { stringValue: `${what}: ${secret}` },
  }))
  attributes.push({ key: 'db.password', value: { stringValue: 'correct horse' } })
  const span = (name: string, route: string, spanId: string) => ({
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId,
    name,
    kind: 2,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    attributes: [...attributes, { key: 'http.route', value: { stringValue: route } }],
    events: [
      { name: `exception ${TOKEN}`, timeUnixNano: now, attributes: [{ key: 'exception.message', value: attributes[0]?.value }] },
    ],
    status: {},
  })
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'other' } }] }
  const spans = [
    span('GET /health/ready', '/health/ready', '1111111111111111'),
    span('GET /other', '/other', '2222222222222222'),
    span(`task ${TOKEN}`, '/task', '3333333333333333'),
  ]
  await post('http://collector:4318/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })
  const record = { timeUnixNano: now, severityNumber: 9, body: { stringValue: `write to ${SECRETS['an address']}` }, attributes }
  await post('http://collector:4318/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] })
  await until('both are there', () => {
    const isOther = ({ resource }: { resource: Record<string, unknown> }) => resource['service.name'] === 'other'
    return received.spans().some(isOther) && received.logs().some(isOther)
  })
  await until("the spans' metrics are there", async () => (await pageOf('http://collector:8889/metrics')).includes('"task '))
  const exported = [received.text(), await pageOf('http://collector:8889/metrics')].join('\n')
  for (const [what, secret] of Object.entries(SECRETS)) t.notOk(exported.includes(bare(secret)), what)
  t.notOk(exported.includes('correct horse'), 'a password')
  t.notOk(exported.includes(TOKEN), 'a token in a name')
  const arrived = received.spans().filter(({ traceId }) => traceId === '4bf92f3577b34da6a3ce929d0e0e4736')
  t.same(
    arrived.map(({ name }) => name),
    ['GET /other', 'task ****'],
    'health checks are dropped',
  )
})

t.test('ids and numbers that resemble card numbers are not redacted', async t => {
  await startStack(t)
  const received = openReceived()
  const values = {
    request_id: { stringValue: '46337107-0355-4646-868e-7b979e62d44d' },
    took_ms: { doubleValue: 0.4740370000004077 },
    bytes: { intValue: '4740370000' },
  }
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }))
  const record = { timeUnixNano: '1795336519227000000', severityNumber: 9, body: { stringValue: 'figures' }, attributes }
  await post('http://collector:4318/v1/logs', { resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [record] }] }] })
  const found = () => received.logs().find(({ body }) => body === 'figures')
  await until('the line is there', () => found() !== undefined)
  t.same(found()?.attributes, { request_id: values.request_id.stringValue, took_ms: 0.4740370000004077, bytes: 4740370000 })
})

/** Removes the describing word. */
function bare(secret: string): string {
  return secret.replace('Bearer ', '')
}

async function pageOf(address: string | undefined): Promise<string> {
  return (await fetch(String(address))).text()
}

async function post(address: string, body: unknown): Promise<void> {
  const reply = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!reply.ok) throw new Error(`${address}: ${reply.status} ${await reply.text()}`)
}
