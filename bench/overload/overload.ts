/**
 * node bench/overload/overload.ts   prints what a server does at 1, 2, 5 and 10 times its peak
 *
 * All threads of the server share one CPU, the load generator has another. The peak is what 32
 * connections reach that send the next message after each reply. Messages are questions about the
 * manual, over 500 sessions, and each stored.
 *   --seconds 12   duration of each load
 *   --rest 60      seconds between the last load and the last reading of the memory
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { loadClosedLoop, prepareRequest } from '../harness/closed-loop.ts'
import { prepareMessages, startServer } from '../harness/documents.ts'
import { pin, ROOT, readRssMb, type Started, untilQuiet } from '../harness/processes.ts'
import { percentile } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'
import { loadOpenLoop, type OpenLoad } from './open-loop.ts'

const FACTORS = [1, 2, 5, 10]
const CONNECTIONS = 32
const HEALTH_PER_SECOND = 50
/** No collector. Metrics are at `/metrics`. */
const SIGNALS = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', ANSWER_WORKERS: '0' }

const { seconds, rest } = parseArgs({
  options: { seconds: { type: 'string', default: '12' }, rest: { type: 'string', default: '60' } },
}).values
const folder = mkdtempSync(join(tmpdir(), 'pellucid-overload-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const heapFile = join(folder, 'heap')
const server = await startServer(join(folder, 'data'), join(folder, 'logs'), { ...SIGNALS, HEAP_FILE: heapFile }, [
  '--expose-gc',
  '--import',
  './bench/overload/heap-reading.ts',
])
const messages = await prepareMessages(server.address, [join(ROOT, 'docs')])
const requests = messages.map(message => prepareRequest('/chat', message))
pin([server.pid], [], 'all')
await loadClosedLoop(server.address, requests, { connections: CONNECTIONS, seconds: Number(seconds) })
const before = await readMemory(server)
const { perSecond: peak } = await loadClosedLoop(server.address, requests, {
  connections: CONNECTIONS,
  seconds: Number(seconds),
})
console.log(`\nPeak: ${peak.toFixed(0)} turns/s with ${CONNECTIONS} connections; none refused`)
const rows: (string | number)[][] = []
for (const factor of FACTORS) rows.push(await measure(factor))
printTable(
  [
    'offered',
    'requests/s',
    'goodput',
    'accepted p50 ms',
    'accepted p99 ms',
    'refused',
    'refusal p99 ms',
    '`Retry-After` s',
    'failed',
    '`/health` p99 ms',
  ],
  rows,
)
await setTimeout(Number(rest) * 1000)
const after = await readMemory(server)
console.log(
  `\nHeap after a collection: ${before.heapMb} MB before, ${after.heapMb} MB after. RSS: ${before.rssMb}, ${after.rssMb} MB.`,
)
await server.kill()

async function measure(factor: number): Promise<(string | number)[]> {
  const load = { perSecond: factor * peak, seconds: Number(seconds) }
  const [replies, healthMs] = await Promise.all([loadOpenLoop(server.address, requests, load), probe(server.address, load)])
  await untilQuiet(server.pid)
  const times = (status: number) => replies.filter(reply => reply.status === status).map(({ tookMs }) => tookMs)
  const inTime = replies.filter(({ status, atMs }) => status === 200 && atMs <= load.seconds * 1000).length
  const refused = replies.filter(({ status }) => status === 503)
  const waits = refused.map(({ retryAfterS }) => retryAfterS ?? Number.NaN)
  const failed = replies.filter(({ status }) => status !== 200 && status !== 503).length
  return [
    `${factor} ×`,
    load.perSecond.toFixed(0),
    (inTime / load.seconds / peak).toFixed(2),
    percentile(times(200), 0.5).toFixed(0),
    percentile(times(200), 0.99).toFixed(0),
    `${((100 * refused.length) / replies.length).toFixed(1)} %`,
    percentile(times(503), 0.99).toFixed(0),
    refused.length === 0 ? '' : `${Math.min(...waits)}–${Math.max(...waits)}`,
    failed,
    percentile(healthMs, 0.99).toFixed(0),
  ]
}

/** Requests `/health` at a fixed interval, on connections of its own. */
async function probe(address: string, load: OpenLoad): Promise<number[]> {
  const replies = await loadOpenLoop(address, [prepareRequest('/health')], { ...load, perSecond: HEALTH_PER_SECOND }, 50)
  return replies.map(({ tookMs }) => tookMs)
}

/** The heap after a collection, and the memory of the process. */
async function readMemory({ pid, process }: Started): Promise<{ readonly heapMb: number; readonly rssMb: number }> {
  await untilQuiet(pid)
  rmSync(heapFile, { force: true })
  process.kill('SIGUSR2')
  for (;;) {
    await setTimeout(100)
    try {
      return { heapMb: Number(readFileSync(heapFile, 'utf8')), rssMb: readRssMb(pid) }
    } catch {
      // Not written yet.
    }
  }
}
