import t from 'tap'
import { type ServerWorld, say, startServer } from './worlds/server-world.ts'

type Record = { readonly [key: string]: unknown }

/** Keys in `_ms` besides `took_ms`: limits and delays from settings, and parts of a line's `took_ms`. */
const OTHER_DURATIONS = ['limit_ms', 'restart_in_ms', 'commit_ms', 'waited_ms', 'store_took_ms']
/** Keys whose values are names from a fixed set; reads and their SQL verb, `SELECT turns`, are named as in spans. */
const ENUMERATED = /^(module|function|kind|reason|problem|operations|job|connection|changed|command|pressure|state|origin)$/
const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/

/** A conversation of one user, and what can happen to it. Returns its session and turns. */
async function converse({ address }: ServerWorld, userId: string) {
  const send = async (method: string, path: string, body?: object) => {
    const reply = await fetch(address + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: reply.status, body: reply.status === 204 ? undefined : await reply.json() }
  }
  const first = await say(address, 'What is session affinity?', { user_id: userId })
  const sessionId = first.body.session_id as string
  const turns = [first.body.turn_id as string]
  for (const message of ['/help', '/nonsense', '/why', '/history', 'and how is it configured?']) {
    const { body } = await say(address, message, { user_id: userId, session_id: sessionId })
    turns.push(body.turn_id)
  }
  await send('POST', `/turns/${turns[0]}/feedback`, { verdict: 'correct' })
  await send('POST', '/chat', { message: '' })
  await send('GET', '/sessions/missing')
  await send('PUT', '/documents/tea', { title: 'Tea', format: 'markdown', text: '# Tea\n\nGreen tea is brewed at 75 degrees.\n' })
  await send('GET', '/search?q=tea')
  await send('DELETE', '/documents/tea')
  await send('PUT', '/admin/log-level', { level: 'DEBUG', module: 'chat', minutes: 1 })
  await send('GET', '/cause-error')
  await send('GET', '/no/such/path?x=1')
  const deleted = await send('DELETE', `/sessions/${sessionId}`)
  return { sessionId, turns, deleted }
}

const serve = (t: { teardown(fn: () => unknown): void }) =>
  startServer(t, {
    LOG_LEVEL: 'DEBUG',
    SLOW_QUERY_MS: '1',
    DIAGNOSTIC_ROUTES: 'true',
    MAX_SESSIONS_PER_USER: '1',
    OTEL_SDK_DISABLED: 'true',
  })

t.test('keys and enumerated values are snake_case, and durations are called took_ms', async t => {
  const server = await serve(t)
  await converse(server, 'ada')
  await say(server.address, 'hello', { user_id: 'grace' })
  await say(server.address, 'hello', { user_id: 'grace' })
  await server.stop()
  const lines = server.logLines()
  t.ok(lines.length > 50, `${lines.length} lines`)
  for (const line of lines) check(line, '')

  function check(value: Record, path: string): void {
    for (const [key, inner] of Object.entries(value)) {
      const at = `${path}${key} of "${String(value.msg ?? path)}"`
      t.match(key, SNAKE_CASE, at)
      if (/(^|_)(ms|duration|elapsed|seconds)$/.test(key))
        t.ok(key === 'took_ms' || OTHER_DURATIONS.includes(key), `${at} is a duration`)
      if (key.endsWith('_ms')) t.equal(inner, Math.round(Number(inner) * 1000) / 1000, `${at} has at most three decimals`)
      if (ENUMERATED.test(key))
        for (const name of [inner].flat())
          if (typeof name === 'string' && !/^[A-Z]+ [a-z_]+$/.test(name)) t.match(name, SNAKE_CASE, `${at}: ${name}`)
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) check(inner as Record, `${key}.`)
    }
  }
})
