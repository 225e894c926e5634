import t from 'tap'
import { makeCanaries } from '../../canaries/canary-kinds.ts'
import { createSearch } from '../../canaries/search.ts'
import { converse, headersOf, ROUTE_REQUESTS, type Send } from '../../worlds/secret-traffic.ts'
import { fragmentsIn, loadSecretTexts } from '../../worlds/secrets.ts'
import { startServer } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { startIngestion } from './ingestion.ts'

t.test('nothing of a secret in messages, documents, paths, headers and bodies is in any envelope', async t => {
  const ingestion = await startIngestion(t)
  const server = await startServer(t, {
    ...ingestion.environment,
    DIAGNOSTIC_ROUTES: 'true',
    LOG_LEVEL: 'DEBUG',
    OTEL_CAPTURE_CONTENT: 'redacted',
    OTEL_BSP_MAX_QUEUE_SIZE: '100000',
    MAX_SESSIONS_PER_USER: '1000',
  })
  const send: Send = async (method, path, body, headers = {}) => {
    const reply = await fetch(`${server.address}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await reply.text()
    return reply.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text
  }
  /** Lines that wait while nothing is sent would be dropped. */
  const untilSent = async () => {
    const arrived = ingestion.envelopes.length
    await until(() => ingestion.envelopes.length > arrived)
  }
  const secrets = loadSecretTexts()
  for (const [i, secret] of secrets.entries()) {
    const topic = `zanzi${'abcdefghijklmnop'[i]}bar`
    await ROUTE_REQUESTS['put /documents/{id}']?.(send, secret, topic)
    const { session_id } = await send('POST', '/sessions', { user_id: secret.text.slice(0, 256) })
    await converse(async message => void (await send('POST', '/chat', { message, session_id })), secret, topic)
    for (const use of Object.values(ROUTE_REQUESTS)) await use(send, secret, topic)
    await untilSent()
  }
  const canaries = makeCanaries()
  for (const { text, kind, form } of canaries) {
    const path = encodeURIComponent(text)
    await send('PUT', `/documents/${encodeURIComponent(`notes/${kind} ${form} ${text}`)}`, { format: 'text', text, title: text })
    const { turn_id } = await send('POST', '/chat', { message: text, user_id: text.slice(0, 256) }, headersOf(text))
    await send('POST', `/turns/${turn_id}/feedback`, { correct: false, comment: text, document_id: text.slice(0, 512) })
    await send('GET', `/${path}?${path}`)
  }
  await untilSent()
  await server.stop()

  t.same([...new Set(ingestion.problems)], [])
  const texts = ingestion.envelopes.flatMap(textsOf)
  const all = texts
    .join('\n')
    .replaceAll(/… \(\d+ more characters\)/g, '…')
    .replaceAll(/_chars=\d+/g, '_chars=')
  t.match(all, /\[card\][\s\S]*\[text\]/, 'has redacted texts')
  t.ok(canaries.length >= 500)
  t.comment(
    `${ingestion.envelopes.length} envelopes, ${all.length} characters, ${secrets.length} secrets, ${canaries.length} canaries`,
  )
  for (const { kind, value } of secrets) {
    const leaks = fragmentsIn(all, value).map(part => `${part} in ${texts.find(text => text.includes(part))?.slice(0, 400)}`)
    t.same(leaks, [], `nothing of the secret of kind ${kind}`)
  }
  const tracesOf = createSearch(canaries)(all)
  const found = canaries.flatMap(canary =>
    tracesOf(canary).map(
      ({ fragment, at }) => `${canary.kind}, ${canary.form}: ${fragment} in ${all.slice(Math.max(0, at - 100), at + 60)}`,
    ),
  )
  t.same(found, [], 'no canary')
})

/** All strings in a value, including keys. Numbers are skipped: they may match by chance. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^[\d.]+$/.test(value) ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)])
}
