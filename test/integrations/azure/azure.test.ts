import { hostname } from 'node:os'
import t from 'tap'
import { createPseudonymizer, loadPseudonymKey } from '../../../src/access/pseudonym.ts'
import { say, startServer } from '../../worlds/server-world.ts'
import { arrivedAt, dataOf, sumOf } from './arrived.ts'
import { startIngestion } from './ingestion.ts'

const USER = 'ada.canary@example.com'

t.test('a start, a turn, an error and a stop arrive as the right envelopes, joined by the operation', async t => {
  const ingestion = await startIngestion(t)
  const server = await startServer(t, { ...ingestion.environment, DIAGNOSTIC_ROUTES: 'true' })
  const { body } = await say(server.address, 'How do I configure logging?', { user_id: USER })
  const failed = await fetch(`${server.address}/cause-error`)
  t.equal(failed.status, 500)
  t.equal(await server.stop(), 0)

  t.same([...new Set(ingestion.problems)], [], 'every envelope is well formed')
  t.equal(ingestion.counts.compressed, ingestion.counts.requests, 'every request is compressed')
  t.same([...ingestion.hosts], ['westeurope-5.in.applicationinsights.azure.com:443'], 'no other host is contacted')

  const lines = server.logLines()
  const all = arrivedAt(ingestion)
  t.same(all.lines.map(textOf).sort(), lines.map(({ msg }) => msg).sort(), 'each log line has arrived once')
  t.same(
    dataOf(ingestion, 'EventData').map(({ name }) => name),
    ['Chatbot Initialized'],
  )

  const turn = arrivedAt(ingestion, body.trace_id)
  t.match(turn.requests, [{ data: { baseData: { name: 'POST /chat', responseCode: '200', success: true } } }])
  const names = turn.dependencies.map(({ data }) => data.baseData.name ?? '')
  for (const name of ['invoke_agent pellucid', 'session open', 'INSERT sessions']) t.ok(names.includes(name), name)
  const ids = [...turn.requests, ...turn.dependencies].map(({ data }) => data.baseData.id)
  t.equal(new Set(ids).size, ids.length)
  for (const { tags } of [...turn.dependencies, ...turn.lines])
    t.ok(ids.includes(tags['ai.operation.parentId']), 'what belongs to the turn hangs below its request')
  t.same(turn.lines.map(textOf).sort(), ['Bot response sent', 'Created new session', 'Request served', 'User message received'])

  const error = arrivedAt(ingestion, failed.headers.get('x-trace-id') ?? '')
  t.match(error.requests, [{ data: { baseData: { name: 'GET /cause-error', responseCode: '500', success: false } } }])
  t.match(
    error.lines.map(({ data }) => data),
    [{ baseType: 'ExceptionData', baseData: { exceptions: [{ typeName: 'Error', stack: /at / }], severityLevel: 'Error' } }],
    'an error is one exception',
  )

  t.equal(sumOf(ingestion, 'chatbot_turns_total', { kind: 'answer' }), 1, 'changes of a counter add up to its value')
  t.equal(sumOf(ingestion, 'chatbot_requests_total', { endpoint: '/cause-error', status: 'error' }), 1)
  t.ok(all.metrics.some(({ data }) => data.baseData.metrics?.[0]?.name === 'chatbot_response_time_seconds'))

  const pseudonym = createPseudonymizer(loadPseudonymKey(server.dataDir))
  t.same(tagsOf(turn.requests, 'ai.session.id'), [pseudonym.session(body.session_id)])
  t.same(tagsOf(turn.requests, 'ai.user.id'), [pseudonym(USER)])
  t.same(tagsOf(turn.lines, 'ai.user.id'), [pseudonym(USER)])
  const text = ingestion.bodies.join('\n')
  for (const secret of [body.session_id, USER, 'ada.canary', process.execPath, `"${hostname()}"`])
    t.notOk(text.includes(secret), `${secret} is not sent`)
})

/** The text of the log line that an envelope was made from. */
function textOf({ data }: { readonly data: { readonly baseData: ReturnType<typeof dataOf>[number] } }): string | undefined {
  const { message, name, properties } = data.baseData
  return message ?? properties?.msg ?? name
}

function tagsOf(envelopes: readonly { readonly tags: Readonly<Record<string, string>> }[], tag: string): readonly unknown[] {
  return [...new Set(envelopes.map(({ tags }) => tags[tag]).filter(value => value !== undefined))]
}
