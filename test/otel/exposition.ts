import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { metricsHandler } from '../../otel/sdk.ts'

/**
 * Metadata (HELP, TYPE, UNIT) of each metric in the Prometheus text format, and its samples by name
 * with labels.
 */
export interface Exposition {
  readonly about: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly samples: Readonly<Record<string, number>>
  readonly bytes: number
}

/** Reads the metrics of this process like a scrape, without a route. */
export async function scrape(): Promise<Exposition> {
  const server = createServer((request, reply) => metricsHandler()?.(request, reply))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const body = await new Promise<string>((resolve, reject) => {
    // fetch is instrumented and would add a metric.
    request({ host: '127.0.0.1', port, agent: false }, reply => text(reply).then(resolve, reject))
      .on('error', reject)
      .end()
  })
  server.close()
  return parseExposition(body)
}

/** Throws on a malformed line. */
function parseExposition(body: string): Exposition {
  const about: Record<string, Record<string, string>> = {}
  const samples: Record<string, number> = {}
  for (const line of body.trim().split('\n')) {
    const comment = /^# (HELP|TYPE|UNIT) (\w+) (.+)$/.exec(line)
    const sample = /^(\w+(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})?) (-?[\d.e+-]+|\+Inf|NaN)$/.exec(line)
    if (comment !== null) about[comment[2] ?? ''] = { ...about[comment[2] ?? ''], [comment[1] ?? '']: comment[3] ?? '' }
    else if (sample !== null) samples[sample[1] ?? ''] = Number(sample[2])
    else throw new Error(`malformed line: ${line}`)
  }
  return { about, samples, bytes: Buffer.byteLength(body) }
}

/** Returns the metric of a sample, without labels and histogram suffixes. */
export function metricOf(sample: string, { about }: Exposition): string {
  const name = sample.replace(/\{.*$/, '')
  const base = name.replace(/_(bucket|sum|count)$/, '')
  return about[base]?.TYPE === 'histogram' ? base : name
}
