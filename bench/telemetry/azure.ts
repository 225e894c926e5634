/**
 * Measures what the export to Azure Monitor costs a turn in processor time, on the main thread, on
 * the thread that sends, and on all threads. The receivers are in this process.
 *
 *   node bench/telemetry/azure.ts [--rounds N] [--seconds N]
 *
 * Variants take turns; figures are medians over the rounds, at 50 turns per second.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startIngestion } from '../../test/integrations/azure/ingestion.ts'
import { startCollector } from '../../test/worlds/collector.ts'
import { say, startServer } from '../../test/worlds/server-world.ts'
import { collectTeardowns } from '../../test/worlds/teardowns.ts'
import { readRssMb, readThreadTimes, untilQuiet } from '../harness/processes.ts'
import { NO_METRICS, NO_TRACES } from '../harness/settings.ts'
import { median } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'

interface Cost {
  readonly mainUs: number
  readonly azureUs: number
  readonly allUs: number
  readonly rssMb: number
}

const INTERVAL_MS = 20
const WARM_UP = 100
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '10' } },
})
const turns = (Number(values.seconds) * 1000) / INTERVAL_MS

const t = collectTeardowns()
const ingestion = await startIngestion(t)
const collector = await startCollector(t)
const none = { ...NO_TRACES, ...NO_METRICS }
const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
const azure = Object.fromEntries(Object.entries(ingestion.environment).filter(([name]) => !name.endsWith('_EXPORTER')))
const usual = { OTEL_BSP_SCHEDULE_DELAY: '5000', OTEL_METRIC_EXPORT_INTERVAL: '60000' }
const VARIANTS: Readonly<Record<string, Record<string, string>>> = {
  'nothing exported': none,
  'Azure Monitor': { ...azure, ...none, ...usual },
  OTLP: otlp,
  'OTLP and Azure Monitor': { ...azure, ...otlp, ...usual },
}

const costs: Record<string, Cost[]> = {}
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, environment] of Object.entries(VARIANTS)) {
    costs[name] ??= []
    costs[name].push(await measure(environment))
  }

const of = (list: readonly Cost[] | undefined, figure: keyof Cost) => Math.round(median((list ?? []).map(cost => cost[figure])))
printTable(
  ['Exported', 'main thread, µs a turn', 'thread for Azure, µs a turn', 'all threads, µs a turn', 'memory, MB'],
  Object.entries(costs).map(([name, list]) => [
    name,
    of(list, 'mainUs'),
    of(list, 'azureUs'),
    of(list, 'allUs'),
    of(list, 'rssMb'),
  ]),
)
const sizes = ingestion.bodies.map(body => body.length)
console.log(
  `\n${ingestion.envelopes.length} envelopes of ${Math.round(sizes.reduce((a, b) => a + b, 0) / ingestion.envelopes.length)} bytes`,
)
await t.end()
process.exit()

/** Starts a server, sends it turns at the rate, and reads what they cost. */
async function measure(environment: Record<string, string>): Promise<Cost> {
  const own = collectTeardowns()
  const server = await startServer(own, environment)
  const pid = server.process.pid ?? 0
  const ask = () => say(server.address, 'How do I configure logging?')
  for (let i = 0; i < WARM_UP; i++) await ask()
  await untilQuiet(pid)
  const before = readThreadTimes(pid)
  const asked: Promise<unknown>[] = []
  for (let i = 0; i < turns; i++) {
    asked.push(ask())
    await delay(INTERVAL_MS)
  }
  await Promise.all(asked)
  // The last batches leave after 5 s.
  await delay(6000)
  const after = [...readThreadTimes(pid)].map(([id, { name, ms }]) => ({ id, name, ms: ms - (before.get(id)?.ms ?? 0) }))
  const sum = (threads: typeof after) => (threads.reduce((total, { ms }) => total + ms, 0) * 1000) / turns
  const cost = {
    mainUs: sum(after.filter(({ id }) => id === pid)),
    azureUs: sum(after.filter(({ name }) => name === 'azure-monitor')),
    allUs: sum(after),
    rssMb: readRssMb(pid),
  }
  await own.end()
  return cost
}
