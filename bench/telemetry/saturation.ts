/** What becomes of the spans while the service takes all that a processor gives: made, sent, dropped, by the settings of the span processor. */
import { setTimeout } from 'node:timers/promises'
import { printTable } from '../table.ts'
import { loadClosedLoop, prepareRequest } from './closed-loop.ts'
import { readMetric } from './network.ts'
import { pin, readRssMb, startNode } from './processes.ts'
import type { Measurement } from './settings.ts'

const CONNECTIONS = 32
const SPANS_A_REQUEST = 4
/** Longer than spans wait for a batch to fill. */
const FATE_LIMIT_MS = 15_000
const TRACES = 'signal="traces"'

const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'as they come': {},
  'queue 8192': { OTEL_BSP_MAX_QUEUE_SIZE: '8192' },
  'queue 8192, batch 2048': { OTEL_BSP_MAX_QUEUE_SIZE: '8192', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2048' },
  'queue 16384, batch 4096, every 1 s': {
    OTEL_BSP_MAX_QUEUE_SIZE: '16384',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
  },
}

/** Prints the table. Dropped and sent are the service's own counts; what arrived is the receiver's. */
export async function printSaturation({ work, receiver, seconds }: Measurement): Promise<void> {
  const rows: (string | number)[][] = []
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const server = await startNode(
      ['--import', './otel/register.ts', 'bench/telemetry/edge.ts', '--logs', `${work}/saturation-${rows.length}`],
      { ...receiver.environment, ...settings },
    )
    pin([server.pid], [receiver.pid])
    const arrivedBefore = await receiver.countSpans()
    const { requests, perSecond } = await loadClosedLoop(server.address, [prepareRequest('/')], {
      connections: CONNECTIONS,
      seconds,
    })
    const rssMb = readRssMb(server.pid)
    const made = requests * SPANS_A_REQUEST
    const { sent, dropped } = await awaitFate(server.address, made)
    const arrived = (await receiver.countSpans()) - arrivedBefore
    rows.push([name, perSecond.toFixed(0), made, sent, arrived, dropped, `${((100 * dropped) / made).toFixed(1)} %`, rssMb])
    await server.kill()
  }
  console.log(
    `\n${seconds} s of all that one processor gives, all signals on; spans as the service counts them, and those that arrived.`,
  )
  printTable(['`OTEL_BSP_*`', 'requests/s', 'made', 'sent', 'arrived', 'dropped', 'share dropped', 'RSS MB'], rows)
}

/** What the service says has become of the spans, once each was either sent or dropped. Throws where some are unaccounted for. */
async function awaitFate(address: string, made: number): Promise<{ readonly sent: number; readonly dropped: number }> {
  const deadline = performance.now() + FATE_LIMIT_MS
  for (;;) {
    const sent = await readMetric(address, 'telemetry_exported_total', TRACES)
    const dropped = await readMetric(address, 'telemetry_dropped_total', TRACES)
    if (sent + dropped === made) return { sent, dropped }
    if (performance.now() > deadline) throw new Error(`${made} spans were made, but ${sent} sent and ${dropped} dropped`)
    await setTimeout(200)
  }
}
