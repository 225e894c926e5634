/** Measures CPU time and memory of a turn over real documents, with each signal on and off. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../statistics.ts'
import { printTable } from '../table.ts'
import { loadClosedLoop, prepareRequest } from './closed-loop.ts'
import { ingest, prepareMessages, startServer } from './documents.ts'
import { pin, readRssMb, readUsage, type Started, untilQuiet } from './processes.ts'
import { type Measurement, NO_METRICS, NO_TRACES, OFF } from './settings.ts'

const CONNECTIONS = 8
const WARM_UP_SECONDS = 8
/** The server cannot run without a log; one that is rarely written costs nothing. */
const NO_LINES = { LOG_LEVEL: 'CRITICAL' }

const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'telemetry off': { ...OFF, ...NO_LINES },
  metrics: { ...NO_TRACES, ...NO_LINES },
  'traces 100 %': { ...NO_METRICS, ...NO_LINES },
  logs: OFF,
  all: {},
}

interface Round {
  readonly perSecond: number
  readonly mainUs: number
  readonly allUs: number
  readonly rssMb: number
}

/** Prints the table. */
export async function printTurns({ work, receiver, rounds, seconds }: Measurement, folders: readonly string[]): Promise<void> {
  ingest(folders, join(work, 'data'), join(work, 'logs'))
  const servers: { readonly name: string; readonly started: Started; readonly requests: Buffer[]; readonly results: Round[] }[] =
    []
  for (const [i, [name, environment]] of Object.entries(VARIANTS).entries()) {
    const dataDir = join(work, `data-${i}`)
    cpSync(join(work, 'data'), dataDir, { recursive: true })
    const started = await startServer(dataDir, join(work, `logs-${i}`), { ...receiver.environment, ...environment })
    const requests = (await prepareMessages(started.address, folders)).map(message => prepareRequest('/chat', message))
    await loadClosedLoop(started.address, requests, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS })
    servers.push({ name, started, requests, results: [] })
  }
  pin(
    servers.map(({ started }) => started.pid),
    [receiver.pid],
  )
  for (let round = 0; round < rounds; round++) {
    for (const { started, requests, results } of servers) {
      await untilQuiet(started.pid)
      const before = readUsage(started.pid)
      const load = await loadClosedLoop(started.address, requests, { connections: CONNECTIONS, seconds })
      const after = readUsage(started.pid)
      const us = (thread: keyof typeof after) => ((after[thread] - before[thread]) * 1000) / load.requests
      results.push({ perSecond: load.perSecond, mainUs: us('mainMs'), allUs: us('allMs'), rssMb: readRssMb(started.pid) })
    }
  }
  for (const { started } of servers) await started.kill()

  console.log(`\n\`POST /chat\`, every turn on disk; ${rounds} rounds of ${seconds} s, ${CONNECTIONS} connections`)
  const of = (results: readonly Round[], pick: (round: Round) => number) => median(results.map(pick))
  const off = of(servers[0]?.results ?? [], ({ mainUs }) => mainUs)
  printTable(
    ['', 'turns/s', 'main thread µs per turn', 'added', 'all threads', 'RSS MB'],
    servers.map(({ name, results }) => {
      const mainUs = of(results, round => round.mainUs)
      return [
        name,
        of(results, ({ perSecond }) => perSecond).toFixed(0),
        mainUs.toFixed(0),
        `${(100 * (mainUs / off - 1)).toFixed(0)} %`,
        of(results, ({ allUs }) => allUs).toFixed(0),
        of(results, ({ rssMb }) => rssMb),
      ]
    }),
  )
}
