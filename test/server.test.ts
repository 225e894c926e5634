import { spawnSync } from 'node:child_process'
import { lstatSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cleanEnvironment, makeFolders, say, startServer } from './worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '..')

t.test('a server answers after one start, and only its owner can read its data and logs', async t => {
  const server = await startServer(t)
  t.equal((await fetch(`${server.address}/health/ready`)).status, 200)
  t.same(await (await fetch(`${server.address}/health`)).json(), { status: 'ok' })
  const { body } = await say(server.address, 'how do I add documents?')
  t.equal(body.kind, 'answer')
  for (const folder of [server.dataDir, server.logDir]) t.equal(statSync(folder).mode & 0o777, 0o700, folder)
  t.equal(statSync(join(server.dataDir, 'pseudonym.key')).mode & 0o777, 0o600)
  t.ok(lstatSync(join(server.logDir, 'current.log')).isSymbolicLink())
  t.equal((await fetch(`${server.address}/docs/`)).status, 200)
  t.equal(await server.stop(), 0)
})

t.test('a turn can be followed from its receipt into the log', async t => {
  const server = await startServer(t)
  const { body } = await say(server.address, 'how do I add documents? I am eve@example.org', { user_id: 'ada@example.org' })
  t.match(body.trace_id, /^(?!0{32})[0-9a-f]{32}$/)
  await server.stop()
  const turn = server.logLines().filter(line => line.turn_id === body.turn_id)
  t.same(
    turn.map(({ msg }) => msg).filter(msg => /message|response|served/.test(String(msg))),
    ['User message received', 'Bot response sent', 'Request served'],
  )
  for (const line of turn) {
    t.match(line, {
      time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
      level: /^[A-Z]+$/,
      level_number: Number,
      module: String,
      function: String,
    })
    t.match(line, { request_id: String, trace_id: body.trace_id, span_id: /^[0-9a-f]{16}$/ })
  }
  const text = JSON.stringify(server.logLines()) + server.output()
  t.notMatch(text, /@example/, 'no identity is logged')
  const received = turn.find(({ msg }) => msg === 'User message received')
  t.match(received, { message_text: 'how do I add documents? I am [email]' })
  t.match(body.response, /\(pellucid\/[^()]*\)$/, 'it ends with the location of the source')
  t.ok(turn.some(line => line.response_text === body.response))
  t.match(
    server.output(),
    new RegExp(`\\[INFO\\] \\[chat\\] \\[answer\\] Bot response sent .*turn_id=${body.turn_id}`),
    'the terminal shows it as text',
  )
})

t.test('a second server on the same DATA_DIR does not start and names the first, which keeps working', async t => {
  const server = await startServer(t)
  const second = start({ DATA_DIR: server.dataDir, LOG_DIR: `${server.logDir}-2`, PORT: '0' })
  t.equal(second.status, 1)
  t.match(second.stderr, new RegExp(`DATA_DIR_IN_USE.*${server.dataDir}`))
  t.match(second.stderr, String(server.process.pid))
  t.equal((await say(server.address, 'hello')).status, 200)
})

t.test('an invalid setting prevents the start; the error has its name, its value and the accepted values', async t => {
  const { dataDir, logDir } = makeFolders(t)
  const { status, stderr } = start({ DATA_DIR: dataDir, LOG_DIR: logDir, PORT: 'eighty', LOG_LEVEL: 'loud' })
  t.equal(status, 1)
  t.match(stderr, /PORT: "eighty" is not valid\. Use an integer from 0 to 65535\./)
  t.match(stderr, /LOG_LEVEL: "loud" .*DEBUG, INFO, WARNING, ERROR, CRITICAL/)
  t.notMatch(stderr, /at .*\.ts:\d+/, 'no stack')
})

t.test('documents that a command ingests while the server runs are soon used in answers', async t => {
  const server = await startServer(t)
  const page = join(server.dataDir, '..', 'tea.md')
  writeFileSync(page, '# Tea\n\nGreen tea is brewed at 75 degrees.\n')
  const ingest = spawnSync(process.execPath, ['src/cli/pellucid.js', 'ingest', page], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), DATA_DIR: server.dataDir, LOG_DIR: server.logDir },
    encoding: 'utf8',
  })
  t.equal(ingest.status, 0, ingest.stderr)
  let answer = await say(server.address, 'how is green tea brewed?')
  while (answer.body.kind !== 'answer') answer = await say(server.address, 'how is green tea brewed?')
  t.match(answer.body, { kind: 'answer', response: /75 degrees/, sources: [{ location: /^tea\.md/ }] })
})

function start(environment: Record<string, string>) {
  return spawnSync(process.execPath, ['--import', './otel/register.ts', 'src/server.ts'], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', ...environment },
    encoding: 'utf8',
  })
}
