import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { cleanEnvironment, makeFolders, say, startServer } from './worlds/server-world.ts'
import { importCode } from './worlds/time-limits.ts'

const ROOT = join(import.meta.dirname, '..')
const SERVER = ['--import', join(ROOT, 'otel/register.ts'), join(ROOT, 'src/server.ts')]
const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }

interface Launched {
  readonly child: ChildProcess
  output(): string
  /** Resolves when the process has written this. */
  wrote(text: RegExp): Promise<RegExpExecArray>
  /** Resolves to the exit code when the process has ended. */
  readonly ended: Promise<number | null>
}

/** Starts a program in its own folder, which also holds its data and logs. */
function launch(
  t: Test,
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  cwd?: string,
): Launched {
  const { dataDir, logDir } = makeFolders(t)
  const child = spawn(program, args, {
    cwd: cwd ?? t.testdir(),
    env: {
      ...cleanEnvironment(),
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_DIR: logDir,
      ...QUIET,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += data))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  async function wrote(text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = text.exec(output)
      if (found !== null) return found
      if ((child.exitCode ?? child.signalCode) !== null)
        throw new Error(`it ended with ${child.exitCode ?? child.signalCode} and never wrote ${text}:\n${output}`)
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended])
    }
  }
  return { child, output: () => output, wrote, ended }
}

const ADDRESS = /Chatbot Initialized.*?(http:\/\/[\d.:]+)/

/** Makes the server's process run this code on SIGUSR2, a signal that the server does not use. */
function onSignal(code: string): Record<string, string> {
  const module = `import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('SIGUSR2', () => { ${code} })`
  return { ...QUIET, NODE_OPTIONS: importCode(module) }
}

t.test('an uncaught error is logged with its cause, and the process exits', async t => {
  const server = await startServer(t, onSignal("throw new Error('a bug', { cause: new Error('its reason') })"))
  t.equal(await server.stop('SIGUSR2'), 1)
  const [line] = server.logLines().filter(line => line.level === 'CRITICAL')
  t.match(line, { level_number: 50, module: 'server', function: 'crash', origin: 'uncaughtException', msg: /^Uncaught error/ })
  t.match(JSON.stringify(line?.err), /a bug.*its reason/)
  t.match(server.output(), /\[CRITICAL\].*a bug.*its reason/)
})

t.test('an unhandled rejection of any value is logged with its cause, and the process exits', async t => {
  for (const [reason, told] of [
    ["new TypeError('lost')", /lost/],
    ['undefined', /undefined/],
  ] as const) {
    const server = await startServer(t, onSignal(`Promise.reject(${reason})`))
    t.equal(await server.stop('SIGUSR2'), 1)
    const critical = server.logLines().filter(line => line.level === 'CRITICAL')
    t.match(critical, [{ origin: 'unhandledRejection' }])
    t.match(JSON.stringify(critical), told)
  }
})

t.test('a port that is in use is logged with its setting, without a stack', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as { port: number }
  const server = launch(t, process.execPath, SERVER, { PORT: String(port) })
  t.equal(await server.ended, 1)
  t.match(
    server.output(),
    new RegExp(`\\[CRITICAL\\] \\[server\\] \\[start\\] Server failed to start .*EADDRINUSE.*127.0.0.1:${port}`),
  )
  t.match(server.output(), `advice="Port ${port} is in use. Set PORT to another one, or to 0 for any free one."`)
  t.notMatch(server.output(), /^\s+at /m, 'no stack')
})

t.test('an address that this machine does not have is logged with advice on HOST', async t => {
  // An address reserved for documentation (RFC 5737).
  const server = launch(t, process.execPath, SERVER, { HOST: '192.0.2.1', ACCESS: 'keys' })
  t.equal(await server.ended, 1)
  t.match(server.output(), /setting=HOST advice="HOST is not an address of this machine\. Set it to 127/)
})

t.test('on all addresses the server still logs its address once', async t => {
  const server = await startServer(t, { ...QUIET, HOST: '0.0.0.0', ACCESS: 'off' })
  t.equal(await server.stop(), 0)
  const lines = server.logLines()
  t.equal(lines.filter(({ msg }) => msg === 'Chatbot Initialized').length, 1)
  t.same(
    lines.filter(({ module }) => module === 'app'),
    [],
    'the framework logs none of its own',
  )
})

t.test('SIGTERM during startup stops the server cleanly', async t => {
  const { dataDir, logDir } = makeFolders(t)
  mkdirSync(dataDir)
  const claimed = writtenIn(dataDir, 'server.json', /"pid"/)
  const server = launch(t, process.execPath, SERVER, { DATA_DIR: dataDir, LOG_DIR: logDir })
  await claimed
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
  t.notMatch(server.output(), /CRITICAL|ERROR/)
  t.match(server.output(), /Stopped/)
  t.notOk(existsSync(join(dataDir, 'server.json')), 'the claim is released')
})

t.test('with telemetry disabled the server answers, and /metrics gives the reason', async t => {
  const server = await startServer(t, { OTEL_SDK_DISABLED: 'true' })
  t.match((await say(server.address, 'hello')).body, { kind: 'fallback', trace_id: '0'.repeat(32) })
  const metrics = await fetch(`${server.address}/metrics`)
  t.match(await metrics.json(), { statusCode: 404, code: 'TELEMETRY_OFF', request_id: String })
  t.equal(await server.stop(), 0)
})

t.test('metrics work without traces', async t => {
  const server = await startServer(t, QUIET)
  t.match(await say(server.address, 'hello'), { status: 200 })
  t.match(await (await fetch(`${server.address}/metrics`)).text(), 'chatbot_requests_total{endpoint="/chat",status="success"} 1')
})

t.test('LOG_FORMAT=json prints JSON on the terminal, at the configured level', async t => {
  const server = launch(t, process.execPath, SERVER, { LOG_FORMAT: 'json' })
  await server.wrote(/"msg":"Chatbot Initialized"/)
  server.child.kill()
  t.equal(await server.ended, 0)
  const records = server
    .output()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.ok(records.length > 3)
  for (const record of records) t.match(record, { time: String, level: String, module: String, msg: String })
})

t.test('at LOG_LEVEL=ERROR a successful request logs nothing', async t => {
  const { dataDir, logDir } = makeFolders(t)
  mkdirSync(dataDir)
  const announced = announcedIn(dataDir)
  const server = launch(t, process.execPath, SERVER, {
    LOG_LEVEL: 'ERROR',
    DATA_DIR: dataDir,
    LOG_DIR: logDir,
    DIAGNOSTIC_ROUTES: 'true',
  })
  const address = await announced
  const hello = await say(address, 'hello')
  t.equal(hello.status, 200, JSON.stringify(hello.body))
  await fetch(`${address}/cause-error`)
  server.child.kill()
  t.equal(await server.ended, 0)
  t.match(server.output(), /^\S+ \[ERROR\] .*DIAGNOSTIC_ERROR.*\n$/, 'one line, for the error')
})

t.test('settings come from .env in the working directory, and the environment overrides them', async t => {
  const cwd = t.testdir({ '.env': 'LOG_FORMAT=json\nSESSION_IDLE_TIMEOUT_S=7\nMAX_SESSIONS=nonsense\n' })
  const wrong = launch(t, process.execPath, SERVER, {}, cwd)
  t.equal(await wrong.ended, 1)
  t.match(wrong.output(), /MAX_SESSIONS: "nonsense" is not valid\. Use an integer/)

  const server = launch(t, process.execPath, SERVER, { MAX_SESSIONS: '3', LOG_FORMAT: 'text' }, cwd)
  const address = (await server.wrote(ADDRESS))[1] ?? ''
  const session = (await (await fetch(`${address}/sessions`, { method: 'POST' })).json()) as Record<string, string>
  t.equal(Date.parse(session.expires_at ?? '') - Date.parse(session.created_at ?? ''), 7000)
})

t.test('log files that cannot be written do not stop the service', async t => {
  const { dataDir } = makeFolders(t)
  const folder = t.testdir({ file: 'not a folder' })
  const server = launch(t, process.execPath, SERVER, { DATA_DIR: dataDir, LOG_DIR: join(folder, 'file/logs') }, folder)
  const address = (await server.wrote(ADDRESS))[1] ?? ''
  t.equal((await say(address, 'hello')).status, 200)
  t.match(await server.wrote(/Log lines cannot be written to .*/), [/file\/logs.*requests are not affected/])
  server.child.kill()
  t.equal(await server.ended, 0)
})

t.test('`npm start` forwards the signal to the server and exits after it', async t => {
  const { dataDir, logDir } = makeFolders(t)
  const server = launch(t, 'npm', ['start'], { DATA_DIR: dataDir, LOG_DIR: logDir }, ROOT)
  const address = (await server.wrote(ADDRESS))[1] ?? ''
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
  t.match(server.output(), /Stopped/)
  await t.rejects(fetch(`${address}/health`), 'no process is left')
})

t.test('`pellucid serve` starts the server with telemetry, and stops on SIGTERM with 0', async t => {
  const server = launch(t, process.execPath, [join(ROOT, 'src/cli/pellucid.js'), 'serve'])
  const address = (await server.wrote(ADDRESS))[1] ?? ''
  t.match((await say(address, 'hello')).body, { response: /How can I help/ })
  t.match(await (await fetch(`${address}/metrics`)).text(), /chatbot_requests_total/)
  server.child.kill('SIGTERM')
  t.equal(await server.ended, 0)
})

/** Waits for the address that a starting server writes to server.json. */
async function announcedIn(dataDir: string): Promise<string> {
  return (await writtenIn(dataDir, 'server.json', /"address":"([^"]+)"\}/))[1] ?? ''
}

/** Resolves when a file in this folder contains the pattern. */
async function writtenIn(folder: string, file: string, pattern: RegExp): Promise<RegExpExecArray> {
  for await (const { filename } of watch(folder)) {
    if (filename !== file) continue
    const found = pattern.exec(readFileSync(join(folder, file), 'utf8'))
    if (found !== null) return found
  }
  throw new Error('the folder is gone')
}
