/** Runs servers through outages of the collector, of each kind in `FAULTS`. */
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { type ChatMessage, ingest, prepareMessages, startServer } from '../harness/documents.ts'
import { readMetric } from '../harness/network.ts'
import { pin, readRssMb, type Started, startNode } from '../harness/processes.ts'
import { percentile } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'
import { type Answer, loadOpenLoop } from './open-loop.ts'
import { awaitReplies, prepareTailingCollector } from './tailing-collector.ts'

const WARM_UP_SECONDS = 5
const SAMPLE_INTERVAL_MS = 1000
/** Time limit for the last lines to arrive. */
const ARRIVAL_LIMIT_MS = 30_000
const TRACES = 'signal="traces"'
/** Replacements of the collector, by name in the table. */
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
  /** Folder for temporary files. */
  readonly work: string
  /** Folders of documents. */
  readonly folders: readonly string[]
  /** Turns per second. */
  readonly perSecond: number
  /** Duration of each phase. The outage lasts twice as long. */
  readonly seconds: number
}

/** Runs one server through each kind of outage and prints the table. */
export async function printOutages(options: OutageOptions): Promise<void> {
  const { work, folders, perSecond, seconds } = options
  ingest(folders, join(work, 'data'), join(work, 'logs'))
  const rows: (string | number)[][] = []
  for (const [name, mode] of Object.entries(FAULTS)) rows.push(...(await runOutage(name, mode, options)))
  console.log(`\n${perSecond} turns per second, ${seconds} s before and after an outage of ${2 * seconds} s; all signals on.`)
  printTable(
    [
      'collector',
      '',
      'p50 ms',
      'p99 ms',
      'failed',
      'max RSS MB',
      'max spans waiting',
      'spans dropped',
      'log lines lost',
      'log lines repeated',
    ],
    rows,
  )
}

/** Runs one server through one outage. */
async function runOutage(
  fault: string,
  mode: string | undefined,
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
    // Short enough for pushes to happen during the outage.
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
  })
  const messages = await prepareMessages(server.address, folders)
  pin([server.pid], [])
  await observe(server, messages, 'warm-up', load(WARM_UP_SECONDS))

  const before = await observe(server, messages, 'before', load(seconds))
  let replacement: Started | undefined
  const during = await observe(server, messages, 'during', load(2 * seconds), async () => {
    await collector.kill()
    if (mode !== undefined)
      replacement = await startNode(['bench/telemetry/programs/bad-collector.ts', String(collector.port), mode])
  })
  const after = await observe(server, messages, 'after', load(seconds), async () => {
    await replacement?.kill()
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

/**
 * Loads the server for a phase, runs `intervene` meanwhile, and samples the server every second.
 */
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
  const sample = async () => {
    rssMb = Math.max(rssMb, readRssMb(server.pid))
    queued = Math.max(queued, await readMetric(server.address, 'telemetry_queue_length', TRACES))
  }
  const timer = setInterval(() => void sample(), SAMPLE_INTERVAL_MS)
  const [answers] = await Promise.all([loadOpenLoop(`${server.address}/chat`, messages, load), intervene()])
  clearInterval(timer)
  await sample()
  const dropped = (await readMetric(server.address, 'telemetry_dropped_total', TRACES)) - droppedBefore
  return { name, answers, rssMb, queued, dropped }
}

function turnIds({ answers }: Phase): string[] {
  return answers.flatMap(({ status, body }) => (status === 200 ? [(JSON.parse(body) as { turn_id: string }).turn_id] : []))
}
