import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cleanEnvironment, nameSession, type ServerWorld, say, startServer } from './worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '..')

type Record = { readonly [key: string]: unknown }

/**
 * Keys in `_ms` besides `took_ms`: limits and delays from settings, and parts of a line's
 * `took_ms`.
 */
const OTHER_DURATIONS = ['limit_ms', 'restart_in_ms', 'commit_ms', 'waited_ms', 'store_took_ms']
/**
 * Keys whose values are names from a fixed set; reads and their SQL verb, `SELECT turns`, are named
 * as in spans.
 */
const ENUMERATED = /^(module|function|kind|reason|problem|operations|job|connection|changed|command|pressure|state|origin)$/
const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/

/** Sends messages, feedback and a deletion as one user. Returns the session and its turns. */
async function converse({ address, dataDir }: ServerWorld, userId: string) {
  const token = readFileSync(join(dataDir, 'machine.token'), 'utf8').trim()
  const send = async (method: string, path: string, body?: object) => {
    const reply = await fetch(address + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
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
  await send('POST', `/turns/${turns[0]}/feedback`, { correct: true })
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

t.test('a session id is in no file and no output: it opens the conversation', async t => {
  const server = await serve(t)
  const { sessionId, turns } = await converse(server, 'ada')
  const metrics = await (await fetch(`${server.address}/metrics`, { headers: { accept: 'application/openmetrics-text' } })).text()
  const turn = await fetch(`${server.address}/turns/${turns[0]}`)
  await server.stop()
  spawnSync(process.execPath, ['src/cli/pellucid.js', 'logs', '--session', sessionId], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), DATA_DIR: server.dataDir, LOG_DIR: server.logDir },
  })
  const files = readdirSync(server.logDir, { recursive: true, withFileTypes: true }).filter(file => file.isFile())
  t.ok(files.some(({ parentPath }) => parentPath.endsWith('audit')))
  for (const { parentPath, name } of files) t.notOk(readFileSync(join(parentPath, name), 'utf8').includes(sessionId), name)
  for (const text of [server.output(), metrics, await turn.text()]) t.notOk(text.includes(sessionId))
})

t.test('`logs --session` and `logs --user` find every line about a conversation', async t => {
  const server = await serve(t)
  const { sessionId, turns, deleted } = await converse(server, 'ada')
  t.match(deleted.status, /^2/)
  // With a limit of one session per user, a new session closes the earlier one.
  const second = (await say(server.address, 'hello', { user_id: 'ada' })).body.session_id as string
  await say(server.address, 'hello', { user_id: 'ada' })
  await server.stop()
  const lines = server.logLines()
  const read = (...args: string[]): Record[] => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['src/cli/pellucid.js', 'logs', '--json', ...args], {
      cwd: ROOT,
      env: { ...cleanEnvironment(), DATA_DIR: server.dataDir, LOG_DIR: server.logDir },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    t.equal(status, 0, stderr)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  }
  const session = nameSession(server, sessionId)
  const bySession = read('--session', sessionId)
  t.same(read('--session', session), bySession, 'a session is found by its id and by its pseudonym')
  const byUser = read('--user', 'ada')

  // Both must find every line of a turn and every other line that names the session.
  const ofTurns = lines.filter(({ turn_id }) => turns.includes(String(turn_id)))
  const named = lines.filter(line => JSON.stringify(line).includes(session))
  for (const line of [...ofTurns, ...named]) {
    const text = JSON.stringify(line)
    const what = `${line.msg} (${line.function})`
    t.ok(
      bySession.some(found => JSON.stringify(found) === text),
      `--session finds ${what}`,
    )
    t.ok(
      byUser.some(found => JSON.stringify(found) === text),
      `--user finds ${what}`,
    )
  }
  for (const message of ['User message received', 'Bot response sent']) {
    t.equal(ofTurns.filter(({ msg }) => msg === message).length, turns.length, `${message}: one for each turn`)
    t.equal(bySession.filter(({ msg }) => msg === message).length, turns.length, `--session finds every "${message}"`)
  }
  for (const message of [
    'Created new session',
    'Session closed',
    'Session content erased',
    'Slow database write',
    'Request served',
  ]) {
    t.ok(
      bySession.some(({ msg }) => msg === message),
      `--session finds "${message}"`,
    )
    t.ok(
      byUser.some(({ msg }) => msg === message),
      `--user finds "${message}"`,
    )
  }
  for (const found of [bySession, byUser]) {
    t.ok(
      found.some(({ msg }) => msg === 'Feedback recorded'),
      'the feedback is found',
    )
    t.ok(
      found.some(({ route }) => /feedback$/.test(String(route))),
      'the feedback request is found',
    )
  }
  t.match(
    read('--session', second).filter(({ msg }) => msg === 'Session closed'),
    [{ reason: 'limit', user_id: String }],
    'an evicted session has a line about its end',
  )
})
