import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { START_ENVIRONMENT, START_OPTIONS } from '../../bench/harness/documents.ts'
import { makeFolders, type ServerWorld, startServer } from '../worlds/server-world.ts'
import { until } from '../worlds/until.ts'

/** What a server holds, after a garbage collection. */
export interface Sample {
  readonly minute: number
  readonly rssMb: number
  readonly heapMb: number
  readonly externalMb: number
  readonly descriptors: number
  readonly threads: number
  readonly timers: number
  /** The longest delay of the event loop since the last sample. */
  readonly loopDelayMs: number
}

const MB = 1024 * 1024

export interface SampledServer extends ServerWorld {
  /** Collects garbage and measures. */
  sample(minute: number): Promise<Sample>
}

/** Starts a server with the memory probe and the options of `npm start`. */
export async function startSampledServer(
  t: { teardown(fn: () => unknown): void },
  environment: Record<string, string> = {},
  folders = makeFolders(t),
): Promise<SampledServer> {
  const samplesFile = join(folders.dataDir, '..', 'samples.jsonl')
  const probe = new URL('memory-probe.ts', import.meta.url).href
  const settings = {
    ...START_ENVIRONMENT,
    ...environment,
    NODE_OPTIONS: `--import=${probe} ${START_OPTIONS.join(' ')}`,
    SOAK_SAMPLES: samplesFile,
  }
  const server = await startServer(t, settings, folders)
  const readSamples = () => (existsSync(samplesFile) ? readFileSync(samplesFile, 'utf8').split('\n').filter(Boolean) : [])
  const countEntries = (name: string) => readdirSync(join('/proc', String(server.process.pid), name)).length

  async function sample(minute: number): Promise<Sample> {
    const before = readSamples().length
    server.process.kill('SIGUSR2')
    await until(() => readSamples().length > before)
    const { rss, heapUsed, external, timers, loopDelayMs } = JSON.parse(readSamples().at(-1) ?? '')
    return {
      minute,
      rssMb: rss / MB,
      heapMb: heapUsed / MB,
      externalMb: external / MB,
      descriptors: countEntries('fd'),
      threads: countEntries('task'),
      timers,
      loopDelayMs,
    }
  }
  return { ...server, sample }
}

/** Fits a line through the samples by least squares. Returns how much it rises over their time. */
export function riseOf(samples: readonly Sample[], what: keyof Sample): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [minutes, values] = [samples.map(({ minute }) => minute), samples.map(sample => sample[what])]
  const [middle, level] = [mean(minutes), mean(values)]
  const covariance = mean(minutes.map((minute, i) => (minute - middle) * ((values[i] ?? 0) - level)))
  const variance = mean(minutes.map(minute => (minute - middle) ** 2))
  return (covariance / variance) * (Math.max(...minutes) - Math.min(...minutes))
}
