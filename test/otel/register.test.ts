import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'

const url = (path: string) => pathToFileURL(join(import.meta.dirname, '../..', path)).href

/** Runs a program with telemetry in its own folder. */
async function run(t: Test, code: string, settings: Readonly<Record<string, string>>, dotenv = '') {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-otel-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  if (dotenv !== '') writeFileSync(join(folder, '.env'), dotenv)
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|NODE_OPTIONS|TAP)/.test(name)))
  const child = spawn(process.execPath, ['--import', url('otel/register.ts'), '--input-type=module', '-e', code], {
    cwd: folder,
    env: { ...environment, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  const [out, err, exit] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { out, err, exit }
}

/** A port without a listener: it was free a moment ago. */
async function findDeafPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Export timeout beyond the time limit of the test file: stopping must not wait for it. */
const PATIENT = {
  OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
  OTEL_BSP_EXPORT_TIMEOUT: '3600000',
  OTEL_METRIC_EXPORT_TIMEOUT: '3600000',
  OTEL_METRIC_EXPORT_INTERVAL: '3600000',
}

const TURN = `
  import { traced, activeTraceIds } from '${url('otel/tracing.ts')}'
  import { stopTelemetry } from '${url('otel/sdk.ts')}'
  const ids = traced('step', activeTraceIds)()
  await stopTelemetry(1000)
  console.log(JSON.stringify({ ids }))
  process.exit(0)`

/** Prints the diagnostics of the start in one line. */
const DIAGNOSED = `
  import { takeDiagnostics } from '${url('otel/diagnostics.ts')}'
  console.log(JSON.stringify(takeDiagnostics(Infinity).diagnostics.map(({ text }) => text)))
`

t.test('worker threads use the compile cache of the main thread, or the one that the environment names', async t => {
  const program = `
    import { once } from 'node:events'
    import { getCompileCacheDir } from 'node:module'
    import { Worker } from 'node:worker_threads'
    const code = 'require("worker_threads").parentPort.postMessage(require("module").getCompileCacheDir())'
    const [ofWorker] = await once(new Worker(code, { eval: true, execArgv: [] }), 'message')
    console.log(JSON.stringify({ ofMain: getCompileCacheDir(), ofWorker }))
    process.exit(0)`
  const own = join(t.testdir(), 'cache')
  const caches: readonly [string, Readonly<Record<string, string>>][] = [
    [join('node_modules', '.cache', 'pellucid'), {}],
    [own, { NODE_COMPILE_CACHE: own }],
  ]
  for (const [folder, settings] of caches) {
    const { ofMain, ofWorker } = JSON.parse((await run(t, program, { OTEL_SDK_DISABLED: 'true', ...settings })).out)
    t.ok(ofMain.includes(folder), ofMain)
    t.equal(ofWorker, ofMain)
  }
})

t.test('without a collector there is no output, and stopping keeps its time limit', async t => {
  const endpoint = `http://127.0.0.1:${await findDeafPort()}`
  const { out, err, exit } = await run(t, TURN, { ...PATIENT, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
  t.equal(err, '')
  t.equal(exit, 0)
  const { ids } = JSON.parse(out)
  t.match(ids, { trace_id: /^[\da-f]{32}$/, span_id: /^[\da-f]{16}$/ })
})

t.test('a collector that accepts connections without answering does not delay the stop', async t => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const { out, err } = await run(t, TURN, { ...PATIENT, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
  t.equal(err, '')
  t.match(JSON.parse(out), { ids: Object })
})

t.test('invalid settings do not stop the program, and each is reported once', async t => {
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'no url at all',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier pigeon',
    OTEL_METRICS_EXPORTER: 'otlp,unknown',
    OTEL_METRIC_EXPORT_INTERVAL: 'abc',
    OTEL_METRIC_EXPORT_TIMEOUT: '-1',
    OTEL_TRACES_EXPORTER: 'otlpp,otlp',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_PROPAGATORS: 'nope',
    OTEL_BSP_MAX_QUEUE_SIZE: '-5',
    OTEL_BSP_SCHEDULE_DELAY: 'Infinity',
    OTEL_NODE_RESOURCE_DETECTORS: 'env,oracle',
  }
  const { out, err, exit } = await run(t, DIAGNOSED + TURN, settings)
  t.equal(err, '')
  t.equal(exit, 0)
  const [diagnosed = '', turn = ''] = out.split('\n')
  t.match(JSON.parse(turn), { ids: Object })
  const texts: readonly string[] = JSON.parse(diagnosed)
  for (const expected of [
    /OTEL_EXPORTER_OTLP_ENDPOINT: "no url at all" is not a URL.* Using http:\/\/localhost:4318/,
    /OTEL_EXPORTER_OTLP_PROTOCOL: .*"carrier pigeon"/,
    /OTEL_METRICS_EXPORTER: .*"unknown"/,
    /'abc' for OTEL_METRIC_EXPORT_INTERVAL/,
    /OTEL_METRIC_EXPORT_TIMEOUT: -1/,
    /OTEL_TRACES_EXPORTER: .*"otlpp"/,
    /OTEL_TRACES_SAMPLER value "sometimes"/,
    /Propagator "nope"/,
    /OTEL_BSP_MAX_QUEUE_SIZE: -5/,
    /OTEL_BSP_SCHEDULE_DELAY: Infinity/,
    /"oracle".* OTEL_NODE_RESOURCE_DETECTORS/,
  ])
    t.equal(texts.filter(text => expected.test(text)).length, 1, String(expected))
  t.equal(texts.length, 11, 'no other diagnostics')
})

t.test('an invalid sampling ratio is reported', async t => {
  const { out } = await run(t, DIAGNOSED, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' })
  t.match(JSON.parse(out.split('\n')[0] ?? ''), [/^OTEL_TRACES_SAMPLER_ARG=7 /])
})

t.test('valid settings cause no diagnostics', async t => {
  const { out } = await run(t, DIAGNOSED + TURN, { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_TRACES_SAMPLER: 'always_on' })
  t.same(JSON.parse(out.split('\n')[0] ?? ''), [])
})

t.test('an invalid gRPC endpoint is reported with its variable and without credentials', async t => {
  const settings = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://user:secret-word@a b' }
  const { out, err } = await run(t, DIAGNOSED, settings)
  t.match(JSON.parse(out.split('\n')[0] ?? ''), [/^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http:\/\/a b" /, /could not be started/])
  t.match(err, /^Telemetry could not be started; the server runs without it: /)
  t.notMatch(out + err, /secret-word/)
})

t.test('OTEL_LOG_LEVEL controls the terminal output and not the log', async t => {
  const settings = { OTEL_METRICS_EXPORTER: 'none', OTEL_BSP_MAX_QUEUE_SIZE: '-5' }
  for (const [level, warns, debugs] of [
    ['debug', true, true],
    ['WARN', true, false],
    ['none', false, false],
  ] as const) {
    const { out, err } = await run(t, DIAGNOSED, { ...settings, OTEL_LOG_LEVEL: level })
    t.equal(/OTEL_BSP_MAX_QUEUE_SIZE: -5/.test(err), warns, level)
    t.equal(/Registered a global for/.test(out + err), debugs, level)
    t.notMatch(out + err, /logger will/)
    t.match(out, /\["OTEL_BSP_MAX_QUEUE_SIZE: -5/, 'the diagnostic is kept for the log')
  }
  const { out } = await run(t, DIAGNOSED, { OTEL_LOG_LEVEL: 'loud' })
  t.match(out, /\["Unknown log level/)
})

t.test('OTEL_SDK_DISABLED in .env turns telemetry off', async t => {
  const { out, err } = await run(t, TURN, {}, 'OTEL_SDK_DISABLED=true\n')
  t.equal(err, '')
  t.equal(JSON.parse(out).ids, undefined)
})

t.test('log lines carry the ids of the active span once, and none without a span', async t => {
  const code = `
    import { activeTraceIds, traced } from '${url('otel/tracing.ts')}'
    import { createLogger } from '${url('src/logging/logger.ts')}'
    const { logger, close } = createLogger({ level: 'INFO', dir: 'logs', terminal: 'json', context: activeTraceIds, closeTimeoutMs: 600_000 })
    logger.info('outside')
    traced('step', () => logger.child({ module: 'm' }).info('inside'))()
    await close()
    process.exit(0)`
  const { out, err } = await run(t, code, {
    OTEL_TRACES_EXPORTER: 'console',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'ERROR',
  })
  t.equal(err, '')
  const [outside, inside] = out.split('\n').filter(line => line.startsWith('{"level"'))
  t.notMatch(outside, /trace_id/)
  t.match(inside, /"trace_id":"[\da-f]{32}","span_id":"[\da-f]{16}"/)
  t.equal(inside?.match(/trace_id/g)?.length, 1)
  t.equal(inside?.includes(/traceId: '([\da-f]{32})'/.exec(out)?.[1] ?? 'none'), true, 'the id of the span')
})

/** Sends a request with fetch and one with node:http in a span. */
async function sendRequests(t: Test, settings: Readonly<Record<string, string>>) {
  const received: Record<string, string | undefined> = {}
  const server = createHttpServer(({ url: path = '', headers }, reply) => {
    received[path] = headers.traceparent as string | undefined
    reply.end()
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const code = `
    import { request } from 'node:http'
    import { traced, activeTraceIds } from '${url('otel/tracing.ts')}'
    const ids = await traced('step', async () => {
      await (await fetch('${address}/fetch')).text()
      await new Promise(resolve => request('${address}/request', reply => reply.resume().once('end', resolve)).end())
      return activeTraceIds()
    })()
    console.log(JSON.stringify(ids))
    process.exit(0)`
  const { out, err } = await run(t, code, { OTEL_METRICS_EXPORTER: 'none', ...settings })
  t.equal(err, '')
  t.same(Object.keys(received), ['/fetch', '/request'])
  return { fetched: received['/fetch'], requested: received['/request'], traceId: JSON.parse(out).trace_id as string }
}

t.test('traces that are not exported still have ids, which outgoing requests carry', async t => {
  const { fetched, requested, traceId } = await sendRequests(t, { OTEL_TRACES_EXPORTER: 'none' })
  t.match(traceId, /^(?!0{32})[\da-f]{32}$/)
  for (const header of [fetched, requested]) t.match(header, new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`), 'not sampled')
})

t.test('the standard variables select instrumentations', async t => {
  const without = await sendRequests(t, { OTEL_TRACES_EXPORTER: 'none', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici' })
  t.equal(without.fetched, undefined)
  t.match(without.requested, without.traceId)
  const only = await sendRequests(t, { OTEL_TRACES_EXPORTER: 'none', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici' })
  t.match(only.fetched, only.traceId)
  t.equal(only.requested, undefined)
})
