/**
 * Measures the cost of a log line, compared with pino alone and pino with pino-roll, and the
 * throughput of a bare Fastify with two lines per request.
 *
 *   node bench/logging.ts [--rounds N]
 *
 * Each measurement runs in its own process; compared measurements alternate. Figures are medians
 * over the rounds.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import Fastify from 'fastify'
import { type Logger, pino } from 'pino'
import { createLogger } from '../src/logging/logger.ts'
import { createLineRedactor } from '../src/logging/redaction/redact-line.ts'
import { median } from './harness/statistics.ts'

/** Fits in the queues of every variant, so no line is dropped. */
const LINES = 40_000
const LINES_PER_BURST = 50
const WARM_UP_LINES = 20_000
const LOAD_SECONDS = 4
const CONNECTIONS = 16
const STILL_MS = 1500

/** Variants of writing lines, and the number of files that each line is written to. */
const VARIANTS: Readonly<Record<string, { readonly copies: number; open(dir: string): Logger }>> = {
  'pino, one file': {
    copies: 1,
    open: dir => openPino(pino.destination({ dest: join(dir, 'app.log'), sync: false })),
  },
  'pino-roll, one file': {
    copies: 1,
    open: dir => openPino(pino.transport(rolled(dir, 'chatbot'))),
  },
  'pino-roll, two files': {
    copies: 2,
    open: dir => openPino(pino.transport({ targets: [rolled(dir, 'chatbot'), rolled(dir, 'info')] })),
  },
  'Pellucid, two files, redacted': { copies: 2, open: dir => createLogger({ level: 'INFO', dir, terminal: 'none' }).logger },
}
const NAMES = Object.keys(VARIANTS)

interface Cost {
  readonly mainUs: number
  readonly allUs: number
  readonly linesPerSecond: number
}

type Served = Readonly<Record<'rate' | 'mainUs' | 'allUs', number>>

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, write: { type: 'string' }, serve: { type: 'string' } },
})
const dir = mkdtempSync(join(tmpdir(), 'pellucid-logging-'))
// A server that is being killed may still add files.
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 10 }))
if (values.write !== undefined) console.log(JSON.stringify(await measureLines(values.write)))
else if (values.serve !== undefined) await serve(values.serve)
else {
  printLines(Number(values.rounds))
  printRedaction()
  await printThroughput(Math.ceil(Number(values.rounds) / 2))
}
process.exit()

function openPino(stream: pino.DestinationStream): Logger {
  return pino({ base: { service: 'chatbot' }, timestamp: pino.stdTimeFunctions.isoTime }, stream)
}

function rolled(dir: string, name: string): pino.TransportSingleOptions {
  const file = join(dir, name, name)
  return { target: 'pino-roll', options: { file, frequency: 'daily', dateFormat: 'yyyy-MM-dd', size: '100m', mkdir: true } }
}

/** Creates a record of about 400 bytes; every tenth has a value to redact. */
function facts(i: number): object {
  return {
    module: 'chat',
    function: 'answer',
    request_id: `0f0f6ae4-8a26-4b0e-9a4f-${String(i).padStart(12, '0')}`,
    session_id: 'AbCdEfGhIjKlMnOpQrStUvWx',
    turn_id: 'ZyXwVuTsRqPoNmLkJiHgFeDc',
    user_id: 'u_9f86d081884c7d659a2f',
    took_ms: (i % 1000) / 10,
    message_text: `How do I add documents to a server${i % 10 === 0 ? '? I am ada@example.com' : ' that is running?'}`,
  }
}

/**
 * Runs in its own process. Measures the cost per line on the main thread and on all threads, and
 * the time until all lines are in files.
 */
async function measureLines(name: string): Promise<Cost> {
  const { open, copies } = VARIANTS[name] ?? fail(`no such variant: ${name}`)
  const logger = open(dir)
  // One line first, to open the files before the measurement.
  for (const lines of [1, WARM_UP_LINES]) {
    await writeLines(logger, lines)
    await untilStill()
  }
  const main = process.threadCpuUsage()
  const all = process.cpuUsage()
  const startedAt = performance.now()
  await writeLines(logger, LINES)
  const endedAt = await untilStill()
  const used = [process.threadCpuUsage(main), process.cpuUsage(all)].map(({ user, system }) => (user + system) / LINES)
  const found = logFiles().reduce((sum, file) => sum + readFileSync(file, 'utf8').split('\n').length - 1, 0)
  if (found !== copies * (1 + WARM_UP_LINES + LINES)) fail(`${name}: ${found} lines in the files`)
  const [mainUs = 0, allUs = 0] = used
  return { mainUs, allUs, linesPerSecond: (LINES * 1000) / (endedAt - startedAt) }
}

async function writeLines(logger: Logger, lines: number): Promise<void> {
  for (let i = 0; i < lines; i++) {
    logger.info(facts(i), 'User message received')
    if (i % LINES_PER_BURST === 0) await setImmediate()
  }
}

/** Waits until the files stop growing, for so long that a busy machine's pauses do not count. */
async function untilStill(): Promise<number> {
  let size = 0
  let grewAt = performance.now()
  while (size === 0 || performance.now() - grewAt < STILL_MS) {
    await setTimeout(5)
    const now = logFiles().reduce((sum, file) => sum + statSync(file).size, 0)
    if (now !== size) grewAt = performance.now()
    size = now
  }
  return grewAt
}

function logFiles(): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function printLines(rounds: number): void {
  const costs = new Map<string, Cost[]>(NAMES.map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of NAMES) {
      const { stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, '--write', name], { encoding: 'utf8' })
      costs.get(name)?.push(JSON.parse(stdout || fail(stderr)))
    }
  }
  const of = (name: string, pick: (cost: Cost) => number) => median(costs.get(name)?.map(pick) ?? [])
  const [bare = '', , reference = ''] = NAMES
  console.log(`Lines in a loop, ${rounds} rounds of ${LINES}: CPU time in µs per line, and lines/s until all are in the files`)
  console.log(`\n| | main thread | × ${bare} | × ${reference} | all threads | lines/s | × ${reference} |`)
  console.log('|---|---|---|---|---|---|---|')
  for (const name of NAMES) {
    const main = of(name, cost => cost.mainUs)
    const rate = of(name, cost => cost.linesPerSecond)
    const ratios = [bare, reference].map(other => (main / of(other, cost => cost.mainUs)).toFixed(2))
    const rateRatio = (rate / of(reference, cost => cost.linesPerSecond)).toFixed(2)
    console.log(
      `| ${[name, main.toFixed(2), ...ratios, of(name, cost => cost.allUs).toFixed(2), rate.toFixed(0), rateRatio].join(' | ')} |`,
    )
  }
}

/** Measures redaction alone, because there is no logger without it to compare with. */
function printRedaction(): void {
  const redactLine = createLineRedactor()
  const lines: string[] = []
  const logger = openPino({ write: line => void lines.push(line.trimEnd()) })
  for (let i = 0; i < 2000; i++) logger.info(facts(i), 'User message received')
  const times = Array.from({ length: 15 }, () => {
    const started = process.threadCpuUsage()
    for (const line of lines) redactLine(line)
    const { user, system } = process.threadCpuUsage(started)
    return (user + system) / lines.length
  })
  console.log(`\nRedaction takes ${median(times).toFixed(2)} µs per line of the time of all threads, in the worker.`)
}

/** Runs in its own process: a Fastify whose handler writes two lines or none. */
async function serve(name: string): Promise<void> {
  const logger = VARIANTS[name]?.open(dir)
  const app = Fastify()
  let requests = 0
  app.get('/', async () => {
    logger?.info(facts(requests++), 'User message received')
    logger?.info(facts(requests), 'Bot response sent')
    return { ok: true }
  })
  console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
  await once(process, 'SIGTERM')
}

async function printThroughput(rounds: number): Promise<void> {
  const servers = await Promise.all(['bare Fastify', ...NAMES].map(startServer))
  for (const { address } of servers) await load(address)
  for (let round = 0; round < rounds; round++) {
    for (const { pid, address, results } of servers) {
      const before = processorMs(pid)
      const { requests } = await load(address)
      const after = processorMs(pid)
      const us = (thread: 'main' | 'all') => ((after[thread] - before[thread]) * 1000) / requests.total
      results.push({ rate: requests.average, mainUs: us('main'), allUs: us('all') })
    }
  }
  const medianOf = (results: readonly Served[] = [], key: keyof Served) => median(results.map(result => result[key]))
  const [bareRate, bareMainUs] = (['rate', 'mainUs'] as const).map(key => medianOf(servers[0]?.results, key))
  console.log(`\nTwo lines per request, ${rounds} rounds of ${LOAD_SECONDS} s, ${CONNECTIONS} connections`)
  console.log('\n| | requests/s | of bare Fastify | main µs | bare Fastify / this | all threads µs |\n|---|---|---|---|---|---|')
  for (const { name, results, stop } of servers) {
    const [rate, mainUs, allUs] = [medianOf(results, 'rate'), medianOf(results, 'mainUs'), medianOf(results, 'allUs')]
    const shares = [rate / (bareRate ?? 0), (bareMainUs ?? 0) / mainUs].map(share => share.toFixed(2))
    console.log(`| ${[name, rate.toFixed(0), shares[0], mainUs.toFixed(1), shares[1], allUs.toFixed(1)].join(' | ')} |`)
    await stop()
  }
}

async function startServer(name: string) {
  const child = spawn(process.execPath, [import.meta.filename, '--serve', name], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [address] = await once(child.stdout, 'data')
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  const results: Served[] = []
  return { name, pid: child.pid ?? 0, address: String(address).trim(), results, stop }
}

async function load(url: string): Promise<autocannon.Result> {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: LOAD_SECONDS })
  return result.non2xx + result.errors === 0 ? result : fail(`${url}: some replies were not 200`)
}

/** Returns the CPU time of a process so far, with a resolution of 10 ms. */
function processorMs(pid: number): { readonly main: number; readonly all: number } {
  const read = (path: string) => {
    const [user, system] = readFileSync(path, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? []
    return (Number(user) + Number(system)) * 10
  }
  return { main: read(`/proc/${pid}/task/${pid}/stat`), all: read(`/proc/${pid}/stat`) }
}

function fail(why: string): never {
  throw new Error(why)
}
