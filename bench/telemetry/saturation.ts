/** Counts spans created, exported and dropped at full load, by settings of the span processor. */
import { setTimeout } from 'node:timers/promises'
import { loadClosedLoop, prepareRequest } from '../harness/closed-loop.ts'
import { readMetric } from '../harness/network.ts'
import { pin, readRssMb, startNode } from '../harness/processes.ts'
import type { Measurement } from '../harness/settings.ts'
import { printTable } from '../harness/table.ts'

const CONNECTIONS = 32
const SPANS_PER_REQUEST = 4
/** Above the schedule delay of span batches. */
const SPANS_LIMIT_MS = 15_000
const TRACES = 'signal="traces"'

const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  defaults: {},
  'queue 8192': { OTEL_BSP_MAX_QUEUE_SIZE: '8192' },
  'queue 8192, batch 2048': { OTEL_BSP_MAX_QUEUE_SIZE: '8192', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2048' },
  'queue 16384, batch 4096, every 1 s': {
    OTEL_BSP_MAX_QUEUE_SIZE: '16384',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
  },
}

/** Prints the table. `sent` and `dropped` are the service's counts, `received` the receiver's. */
export async function printSaturation({ work, receiver, seconds }: Measurement): Promise<void> {
  const rows: (string | number)[][] = []
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const server = await startNode(
      ['--import', './otel/register.ts', 'bench/telemetry/programs/edge.ts', '--logs', `${work}/saturation-${rows.length}`],
      { ...receiver.environment, ...settings },
    )
    pin([server.pid], [receiver.pid])
    const arrivedBefore = await receiver.countSpans()
    const { requests, perSecond } = await loadClosedLoop(server.address, [prepareRequest('/')], {
      connections: CONNECTIONS,
      seconds,
    })
    const rssMb = readRssMb(server.pid)
    const made = requests * SPANS_PER_REQUEST
    const { sent, dropped } = await awaitSpans(server.address, made)
    const arrived = (await receiver.countSpans()) - arrivedBefore
    rows.push([name, perSecond.toFixed(0), made, sent, arrived, dropped, `${((100 * dropped) / made).toFixed(1)} %`, rssMb])
    await server.kill()
  }
  console.log(
    `\n${seconds} s at full load on one CPU, all signals on. Spans as counted by the service; "received" by the receiver.`,
  )
  printTable(['`OTEL_BSP_*`', 'requests/s', 'created', 'sent', 'received', 'dropped', 'share dropped', 'RSS MB'], rows)
}

/**
 * Waits until every span is exported or dropped, as the service counts them. Throws if some remain
 * unaccounted for.
 */
async function awaitSpans(address: string, made: number): Promise<{ readonly sent: number; readonly dropped: number }> {
  const deadline = performance.now() + SPANS_LIMIT_MS
  for (;;) {
    const sent = await readMetric(address, 'telemetry_exported_total', TRACES)
    const dropped = await readMetric(address, 'telemetry_dropped_total', TRACES)
    if (sent + dropped === made) return { sent, dropped }
    if (performance.now() > deadline) throw new Error(`${made} spans were created, but ${sent} sent and ${dropped} dropped`)
    await setTimeout(200)
  }
}
