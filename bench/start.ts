/**
 * Measures the time from start to first answer and the memory after it: with telemetry, without
 * telemetry, and for a bare Fastify.
 *
 *   node bench/start.ts [RUNS]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { START_ENVIRONMENT, START_OPTIONS } from './harness/documents.ts'
import { readRssMb, readUsage } from './harness/processes.ts'
import { median } from './harness/statistics.ts'

const ROOT = join(import.meta.dirname, '..')
const runs = Number(process.argv[2] ?? 5)

const SERVER = [...START_OPTIONS, '--import', './otel/register.ts', 'src/server.ts']
const BARE = `import Fastify from 'fastify'
  const app = Fastify()
  app.post('/chat', async () => ({ response: 'hello' }))
  app.get('/health/ready', async () => ({ status: 'ready' }))
  console.log(await app.listen({ port: 0, host: '127.0.0.1' }))`

const candidates = {
  'with telemetry': { args: SERVER, environment: {} },
  'OTEL_SDK_DISABLED=true': {
    args: SERVER,
    environment: { OTEL_SDK_DISABLED: 'true' },
  },
  'bare Fastify': { args: ['--input-type=module', '-e', BARE], environment: {} },
}
const results = new Map(Object.keys(candidates).map(name => [name, [] as Awaited<ReturnType<typeof measure>>[]]))

// Fills the compile cache, which Node writes at the end of a process.
for (const { args, environment } of Object.values(candidates)) await measure(args, environment, 'SIGTERM')
// Alternating: a machine that slows down affects all candidates.
for (let run = 0; run < runs; run++) {
  for (const [name, { args, environment }] of Object.entries(candidates))
    results.get(name)?.push(await measure(args, environment))
}
console.log('| | first answer, median ms | range | processor ms | RSS, median MB |\n|---|---|---|---|---|')
for (const [name, measured] of results) {
  const times = measured.map(({ ms }) => ms)
  const range = [Math.min(...times), Math.max(...times)].map(ms => ms.toFixed(0)).join('–')
  console.log(
    `| ${name} | ${median(times).toFixed(0)} | ${range} | ${median(measured.map(({ cpuMs }) => cpuMs)).toFixed(0)} | ${median(measured.map(({ rssMb }) => rssMb))} |`,
  )
}

async function measure(args: readonly string[], environment: Record<string, string>, end: NodeJS.Signals = 'SIGKILL') {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-start-'))
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      LOG_DIR: join(folder, 'logs'),
      ...START_ENVIRONMENT,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise<string>(resolve => {
    child.stdout.on('data', data => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(String(data))?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  const reply = await fetch(`${address}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"message":"how do I add documents?"}',
  })
  await reply.text()
  if (!reply.ok) throw new Error(`The first question got status ${reply.status}`)
  const ms = performance.now() - started
  const rssMb = readRssMb(child.pid ?? 0)
  const cpuMs = readUsage(child.pid ?? 0).allMs
  child.kill(end)
  await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
  return { ms, cpuMs, rssMb }
}
