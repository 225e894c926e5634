/** Measures the cost of each signal with an empty handler. */
import { join } from 'node:path'
import { loadClosedLoop, prepareRequest } from '../harness/closed-loop.ts'
import { pin, readRssMb, readUsage, type Started, startNode, untilQuiet } from '../harness/processes.ts'
import { type Measurement, NO_METRICS, NO_TRACES, OFF, sampled, USUAL_OPTIONS, USUAL_SIGNALS } from '../harness/settings.ts'
import { median } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'

const CONNECTIONS = 32
const WARM_UP_SECONDS = 3
const STEPS = 3

const EDGE = ['--import', './otel/register.ts', 'bench/telemetry/programs/edge.ts']
const USUAL = [...USUAL_OPTIONS, 'bench/telemetry/programs/usual.ts']

interface Variant {
  readonly name: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Whether it writes log lines, to its own folder. */
  readonly logs?: boolean
  readonly path?: string
  /** Spans per request. */
  readonly spans?: number
}

interface Round {
  readonly perSecond: number
  readonly mainUs: number
  readonly allUs: number
  readonly rssMb: number
  readonly arrivedShare: number
}

const VARIANTS: readonly Variant[] = [
  { name: 'bare Fastify', args: ['bench/telemetry/programs/bare.ts'] },
  { name: 'telemetry off', args: EDGE, environment: OFF },
  { name: 'metrics', args: EDGE, environment: NO_TRACES },
  { name: 'logs', args: EDGE, environment: OFF, logs: true },
  { name: 'traces 10 %', args: EDGE, environment: { ...NO_METRICS, ...sampled(0.1) }, spans: (1 + STEPS) / 10 },
  { name: 'traces 100 %', args: EDGE, environment: NO_METRICS, spans: 1 + STEPS },
  { name: 'all', args: EDGE, logs: true, spans: 1 + STEPS },
  { name: 'all, without the steps', args: EDGE, logs: true, path: '/plain', spans: 1 },
  { name: 'usual instrumentation', args: USUAL, environment: USUAL_SIGNALS, logs: true, spans: 1 + STEPS },
]

/**
 * Prints the table. Each variant has its own server, and every round loads each for the same time.
 */
export async function printEdge({ work, receiver, rounds, seconds }: Measurement): Promise<void> {
  const servers: (Variant & { readonly started: Started; readonly results: Round[] })[] = []
  for (const [i, variant] of VARIANTS.entries()) {
    const folder = join(work, `logs-${i}`)
    const logs = variant.logs !== true ? [] : variant.args === USUAL ? [join(folder, 'usual.log')] : ['--logs', folder]
    const started = await startNode([...variant.args, ...logs], { ...receiver.environment, ...variant.environment })
    servers.push({ ...variant, started, results: [] })
    await loadClosedLoop(started.address, [prepareRequest(variant.path ?? '/')], {
      connections: CONNECTIONS,
      seconds: WARM_UP_SECONDS,
    })
    await untilQuiet(started.pid)
  }
  const pinned = pin(
    servers.map(({ started }) => started.pid),
    [receiver.pid],
  )
  for (let round = 0; round < rounds; round++) {
    for (const { started, path = '/', spans = 0, results } of servers) {
      const arrivedBefore = await receiver.countSpans()
      const before = readUsage(started.pid)
      const { requests, perSecond } = await loadClosedLoop(started.address, [prepareRequest(path)], {
        connections: CONNECTIONS,
        seconds,
      })
      const after = readUsage(started.pid)
      const rssMb = readRssMb(started.pid)
      await untilQuiet(started.pid)
      const us = (thread: keyof typeof after) => ((after[thread] - before[thread]) * 1000) / requests
      const arrivedShare = ((await receiver.countSpans()) - arrivedBefore) / (requests * spans)
      results.push({ perSecond, mainUs: us('mainMs'), allUs: us('allMs'), rssMb, arrivedShare })
    }
  }
  for (const { started } of servers) await started.kill()

  console.log(
    `A handler with ${STEPS} empty steps in spans; ${rounds} rounds of ${seconds} s, ${CONNECTIONS} connections; spans are sent to ${receiver.what}; ` +
      `main threads ${pinned ? 'have their own CPU' : 'are not pinned'}.`,
  )
  const [bare] = servers
  printTable(
    [
      '',
      'requests/s',
      'of bare Fastify',
      'range',
      'main thread µs per request',
      'bare Fastify / this',
      'all threads',
      'bare Fastify / this',
      'RSS MB',
      'spans received',
    ],
    servers.map(({ name, results, spans }) => {
      const shares = results.map(({ perSecond }, i) => perSecond / (bare?.results[i]?.perSecond ?? Number.NaN))
      const of = (pick: (round: Round) => number) => median(results.map(pick))
      // By processor time, which other programs on the machine change less than requests/s.
      const shareOf = (pick: (round: Round) => number) => (median((bare?.results ?? []).map(pick)) / of(pick)).toFixed(2)
      return [
        name,
        of(({ perSecond }) => perSecond).toFixed(0),
        median(shares).toFixed(2),
        `${Math.min(...shares).toFixed(2)}–${Math.max(...shares).toFixed(2)}`,
        of(({ mainUs }) => mainUs).toFixed(1),
        shareOf(({ mainUs }) => mainUs),
        of(({ allUs }) => allUs).toFixed(1),
        shareOf(({ allUs }) => allUs),
        of(({ rssMb }) => rssMb),
        spans === undefined ? '' : `${(100 * of(({ arrivedShare }) => arrivedShare)).toFixed(0)} %`,
      ]
    }),
  )
}
