/** What an outage of the collector does to turns; what is killed, or stands in its place, is in `FAULTS`. */
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { percentile } from '../statistics.ts'
import { printTable } from '../table.ts'
import { type ChatMessage, ingest, prepareMessages, startServer } from './documents.ts'
import { readMetric } from './network.ts'
import { type Answer, loadOpenLoop } from './open-loop.ts'
import { pin, readRssMb, type Started, startNode } from './processes.ts'
import { awaitReplies, prepareTailingCollector } from './tailing-collector.ts'

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

export interface OutageOptions {
  /** A folder for what is made meanwhile. */
  readonly work: string
  /** Folders of documents. */
  readonly folders: readonly string[]
  /** Turns a second. */
  readonly perSecond: number
  /** Of each phase; of the outage itself twice as many. */
  readonly seconds: number
}

/** Sends one server after the other through an outage of each kind, and prints the table. */
export async function printOutages(options: OutageOptions): Promise<void> {
  const { work, folders, perSecond, seconds } = options
  ingest(folders, join(work, 'data'), join(work, 'logs'))
  const rows: (string | number)[][] = []
  for (const [name, manner] of Object.entries(FAULTS)) rows.push(...(await suffer(name, manner, options)))
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
}

/** One server through one outage. */
async function suffer(
  fault: string,
  manner: string | undefined,
  { work, folders, perSecond, seconds }: OutageOptions,
): Promise<(string | number)[][]> {
  const load = (durationS: number) => ({ perSecond, seconds: durationS })
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
  await observe(server, messages, 'warm-up', load(WARM_UP_SECONDS))

  const before = await observe(server, messages, 'before', load(seconds))
  let stand: Started | undefined
  const during = await observe(server, messages, 'during', load(2 * seconds), async () => {
    await collector.kill()
    if (manner !== undefined) stand = await startNode(['bench/telemetry/bad-collector.ts', String(collector.port), manner])
  })
  const after = await observe(server, messages, 'after', load(seconds), async () => {
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
  load: { readonly perSecond: number; readonly seconds: number },
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
  const [answers] = await Promise.all([loadOpenLoop(`${server.address}/chat`, messages, load), intervene()])
  clearInterval(timer)
  await look()
  const dropped = (await readMetric(server.address, 'telemetry_dropped_total', TRACES)) - droppedBefore
  return { name, answers, rssMb, queued, dropped }
}

function turnIds({ answers }: Phase): string[] {
  return answers.flatMap(({ status, body }) => (status === 200 ? [(JSON.parse(body) as { turn_id: string }).turn_id] : []))
}
