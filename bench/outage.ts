/**
 * What an outage of the collector does to turns: their latency before, during and after it, at a steady rate, the server's memory, the requests
 * that failed, and what was lost of spans and log lines. The collector is killed, or something stands in its place that does not do its work.
 *
 *   node bench/outage.ts [--rate TURNS/S] [--seconds N] FOLDER…        folders of documents; seconds of each phase, twice as many of an outage
 *
 * It takes a collector, which `npm run test:stack` builds.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ChatMessage, ingest, prepareMessages, startServer } from './telemetry/documents.ts'
import { type Answer, loadOpenLoop } from './telemetry/open-loop.ts'
import { percentile, pin, printTable, readMetric, readRssMb, type Started, startNode } from './telemetry/processes.ts'
import { awaitReplies, prepareTailingCollector } from './telemetry/tailing-collector.ts'

const WARM_UP_SECONDS = 5
const SAMPLE_INTERVAL_MS = 1000
/** How long the last lines may take to come through. */
const ARRIVAL_LIMIT_MS = 30_000
const TRACES = 'signal="traces"'
/** What takes the place of the collector, by what it is called in the table. */
const FAULTS = {
  'killed (`kill -9`)': undefined,
  'refuses (503)': 'refusing',
  'answers after 5 s': 'slow',
  'accepts, never answers': 'silent',
} as const

interface Phase {
  readonly name: string
  readonly answers: readonly Answer[]
  readonly rssMb: number
  readonly queued: number
  readonly dropped: number
}

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { rate: { type: 'string', default: '100' }, seconds: { type: 'string', default: '15' } },
})
if (folders.length === 0) throw new Error('usage: node bench/outage.ts FOLDER…')
const perSecond = Number(values.rate)
const seconds = Number(values.seconds)
const work = mkdtempSync(join(tmpdir(), 'pellucid-outage-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true }))

ingest(folders, join(work, 'data'), join(work, 'logs'))
const rows: (string | number)[][] = []
for (const [name, manner] of Object.entries(FAULTS)) rows.push(...(await suffer(name, manner)))
console.log(`\n${perSecond} turns a second, ${seconds} s before and after an outage of ${2 * seconds} s; all signals on.`)
printTable(
  [
    'the collector',
    '',
    'p50 ms',
    'p99 ms',
    'failed',
    'RSS MB, most',
    'spans waiting, most',
    'spans dropped',
    'log lines lost',
    'log lines twice',
  ],
  rows,
)
process.exit()

/** One server through one outage. */
async function suffer(fault: string, manner: string | undefined): Promise<(string | number)[][]> {
  const folder = mkdtempSync(join(work, 'outage-'))
  const logDir = join(folder, 'logs')
  mkdirSync(logDir)
  cpSync(join(work, 'data'), join(folder, 'data'), { recursive: true })
  const collector = await prepareTailingCollector(folder, logDir)
  await collector.start()
  const server = await startServer(join(folder, 'data'), logDir, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    // So that metrics meet the outage, too.
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
  })
  const messages = await prepareMessages(server.address, folders)
  pin([server.pid], [])
  await observe(server, messages, 'warm-up', WARM_UP_SECONDS)

  const before = await observe(server, messages, 'before', seconds)
  let stand: Started | undefined
  const during = await observe(server, messages, 'during', 2 * seconds, async () => {
    await collector.kill()
    if (manner !== undefined) stand = await startNode(['bench/telemetry/bad-collector.ts', String(collector.port), manner])
  })
  const after = await observe(server, messages, 'after', seconds, async () => {
    await stand?.kill()
    await collector.start()
  })
  const phases = [before, during, after]
  const lines = await awaitReplies(collector, phases.flatMap(turnIds), ARRIVAL_LIMIT_MS)
  await server.kill()
  await collector.kill()
  return phases.map((phase, i) => {
    const times = phase.answers.map(({ tookMs }) => tookMs)
    return [
      i === 0 ? fault : '',
      phase.name,
      percentile(times, 0.5).toFixed(1),
      percentile(times, 0.99).toFixed(1),
      phase.answers.filter(({ status }) => status !== 200).length,
      phase.rssMb,
      phase.queued,
      phase.dropped,
      i === 2 ? lines.lost : '',
      i === 2 ? lines.repeated : '',
    ]
  })
}

/** Loads the server for a phase, does to the collector what is to be done meanwhile, and looks at the server every second. */
async function observe(
  server: Started,
  messages: readonly ChatMessage[],
  name: string,
  seconds: number,
  intervene = async (): Promise<void> => undefined,
): Promise<Phase> {
  const droppedBefore = await readMetric(server.address, 'telemetry_dropped_total', TRACES)
  let rssMb = 0
  let queued = 0
  const look = async () => {
    rssMb = Math.max(rssMb, readRssMb(server.pid))
    queued = Math.max(queued, await readMetric(server.address, 'telemetry_queue_length', TRACES))
  }
  const timer = setInterval(() => void look(), SAMPLE_INTERVAL_MS)
  const [answers] = await Promise.all([loadOpenLoop(`${server.address}/chat`, messages, { perSecond, seconds }), intervene()])
  clearInterval(timer)
  await look()
  const dropped = (await readMetric(server.address, 'telemetry_dropped_total', TRACES)) - droppedBefore
  return { name, answers, rssMb, queued, dropped }
}

function turnIds({ answers }: Phase): string[] {
  return answers.flatMap(({ status, body }) => (status === 200 ? [(JSON.parse(body) as { turn_id: string }).turn_id] : []))
}
