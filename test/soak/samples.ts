import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerWorld } from '../worlds/server-world.ts'
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
}

const MB = 1024 * 1024

/** Asks the memory probe of a server for a sample. */
export async function takeSample({ process }: ServerWorld, samplesFile: string, minute: number): Promise<Sample> {
  const readSamples = () => (existsSync(samplesFile) ? readFileSync(samplesFile, 'utf8').split('\n').filter(Boolean) : [])
  const before = readSamples().length
  process.kill('SIGUSR2')
  await until(() => readSamples().length > before)
  const { rss, heapUsed, external, timers } = JSON.parse(readSamples().at(-1) ?? '')
  const entries = (name: string) => readdirSync(join('/proc', String(process.pid), name)).length
  return {
    minute,
    rssMb: rss / MB,
    heapMb: heapUsed / MB,
    externalMb: external / MB,
    descriptors: entries('fd'),
    threads: entries('task'),
    timers,
  }
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
