/**
 * Measures the analyses of a large log: its lines are those that a server wrote about mixed
 * requests, repeated over a week with other ids.
 *
 *   node bench/monitoring/analysis.ts [--mb N] [--requests N]
 *
 * The references, in the same run: counting the lines with `wc -l`, and parsing each line as JSON.
 * Memory is the highest RSS of the process, and the part above that of a command without a log.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ANALYSIS_NAMES } from '../../src/watch/analysis/analysis-worker.ts'
import { startServer } from '../harness/documents.ts'
import { end, startProgram } from '../harness/processes.ts'
import { cleanEnvironment } from '../harness/settings.ts'
import { printTable } from '../harness/table.ts'

const DAY_MS = 86_400_000
const DAYS = 7
/** Analyses that read the log; the others read the database. */
const OF_LOG = ANALYSIS_NAMES.filter(name => !['capacity', 'health', 'bad_feedback'].includes(name))
const PARSE = `
  let count = 0
  for (const file of process.argv.slice(1))
    for await (const line of require('node:readline').createInterface({ input: fs.createReadStream(file) })) count += JSON.parse(line) ? 1 : 0
  console.log(count)`

const { values } = parseArgs({
  options: { mb: { type: 'string', default: '1024' }, requests: { type: 'string', default: '4000' } },
})
const work = mkdtempSync(join(tmpdir(), 'pellucid-analysis-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true, maxRetries: 10 }))
const logDir = join(work, 'large')
const lines = await recordLines(Number(values.requests))
const bytes = repeatLines(lines, Number(values.mb) * 1e6)
const files = readdirSync(join(logDir, 'chatbot')).map(name => join(logDir, 'chatbot', name))
console.log(`${(bytes / 1e6).toFixed(0)} MB, ${lines.length} different lines`)

// Once before the measurement: then all read from memory, and no disk is measured.
await measure('wc', ['-l', ...files])
const empty = await analyse('errors', join(work, 'server'))
printTable(
  ['', 'MB/s', 'processor seconds', 'RSS, MB', 'above a command without a log, MB'],
  [
    ['`wc -l`', ...row(await measure('wc', ['-l', ...files]), undefined)],
    [
      '`JSON.parse` of each line',
      ...row(await measure(process.execPath, ['--input-type=commonjs', '-e', `(async () => {${PARSE}})()`, ...files]), undefined),
    ],
    ...(await analyseAll()),
  ],
)

async function analyseAll() {
  const rows = []
  for (const name of OF_LOG) rows.push([`\`analyse ${name}\``, ...row(await analyse(name, logDir), empty.rssMb)])
  return rows
}

function row({ seconds, cpuSeconds, rssMb }: Measured, without: number | undefined): readonly string[] {
  return [
    (bytes / 1e6 / seconds).toFixed(0),
    cpuSeconds.toFixed(1),
    rssMb.toFixed(0),
    without === undefined ? '' : (rssMb - without).toFixed(0),
  ]
}

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rssMb: number
}

function analyse(name: string, dir: string): Promise<Measured> {
  const environment = { LOG_DIR: dir, DATA_DIR: dir === logDir ? join(work, 'none') : join(work, 'data') }
  return measure(process.execPath, ['src/cli/pellucid.js', 'analyse', name, '--json'], environment)
}

/** Runs a program and reads its usage from `/proc` until it ends. */
async function measure(program: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Measured> {
  const start = performance.now()
  const child = startProgram(program, args, { env: { ...cleanEnvironment(), ...environment } })
  child.stdout?.resume()
  const ended = new Promise<void>((resolve, reject) =>
    child.once('exit', code =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${code}`)),
    ),
  )
  const usage = { cpuSeconds: 0, rssMb: 0 }
  const timer = setInterval(() => Object.assign(usage, readProcess(child.pid ?? 0) ?? {}), 20)
  try {
    await ended
  } finally {
    clearInterval(timer)
  }
  return { ...usage, seconds: (performance.now() - start) / 1000 }
}

/** Undefined once the process has ended. */
function readProcess(pid: number): Omit<Measured, 'seconds'> | undefined {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return peak === undefined
      ? undefined
      : { rssMb: Number(peak) / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 }
  } catch {
    return undefined
  }
}

/** Lines that a server wrote about questions, commands, errors and unknown paths. */
async function recordLines(requests: number): Promise<readonly string[]> {
  const dir = join(work, 'server')
  const server = await startServer(join(work, 'data'), dir, { DIAGNOSTIC_ROUTES: 'true', OTEL_TRACES_EXPORTER: 'none' })
  const chat = (message: string) =>
    fetch(`${server.address}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
    })
  const kinds = [
    (i: number) => chat(`How do I configure part ${i} of the server?`),
    (i: number) => chat(`What does error ${i} mean, and how long are logs kept?`),
    () => chat('/help'),
    () => fetch(`${server.address}/hello`),
    (i: number) => fetch(`${server.address}/unknown-${i}.php`),
  ]
  for (let i = 0; i < requests; i++) {
    const send = i % 50 === 0 ? () => fetch(`${server.address}/cause-error`) : kinds[i % kinds.length]
    await (await send?.(i))?.arrayBuffer()
  }
  const exited = new Promise(resolve => server.process.once('exit', resolve))
  server.process.kill('SIGTERM')
  await exited
  await end(server.process)
  return readdirSync(join(dir, 'chatbot'))
    .filter(name => name.endsWith('.log'))
    .flatMap(name =>
      readFileSync(join(dir, 'chatbot', name), 'utf8')
        .trim()
        .split('\n'),
    )
}

/** Writes a week of log, in order of time; returns the number of bytes. */
function repeatLines(lines: readonly string[], wanted: number): number {
  const folder = join(logDir, 'chatbot')
  mkdirSync(folder, { recursive: true })
  const size = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  const copies = Math.ceil(wanted / size)
  const begin = Date.now() - DAYS * DAY_MS
  let written = 0
  for (let copy = 0; copy < copies; copy++) {
    const at = begin + (copy / copies) * DAYS * DAY_MS
    const step = (DAYS * DAY_MS) / copies / lines.length
    const file = openSync(join(folder, `chatbot.${new Date(at).toISOString().slice(0, 10)}.1.log`), 'a')
    const ids = copy.toString(16).padStart(4, '0')
    const texts = lines.map((line, i) => change(line, new Date(at + i * step).toISOString(), ids))
    written += writeSync(file, `${texts.join('\n')}\n`)
    closeSync(file)
  }
  return written
}

function change(line: string, time: string, ids: string): string {
  return line
    .replace(/"time":"[^"]+"/, `"time":"${time}"`)
    .replace(/("(?:trace|request|session|turn|user)_id":"(?:[us]_)?)[\w-]{4}/g, `$1${ids}`)
}
