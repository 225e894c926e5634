import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildFaultLayer, findObstacle } from '../faults/layer/fault-layer.ts'
import { startLoad } from '../faults/world/load.ts'
import { makeFolders } from '../worlds/server-world.ts'
import { collectTeardowns } from '../worlds/teardowns.ts'
import { listDisturbances, startSink } from './disturbances.ts'
import { riseOf, type Sample, startSampledServer } from './samples.ts'

/**
 * `npm run soak -- --minutes N` runs a server under load, with another disturbance each minute. It
 * samples memory, descriptors, threads and timers before each. It exits with 1 if an acknowledged
 * turn was lost, doubled or misplaced, or if one of these grows.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } })
const minutes = Number(values.minutes)
/** Fewer samples show no trend. */
const LEAST_MINUTES = 6
if (!(minutes >= LEAST_MINUTES)) throw new Error(`--minutes: ${values.minutes} is not a number of at least ${LEAST_MINUTES}`)
const CLIENTS = 4
const PAUSE_MS = 50
const DISTURBED_MS = 10_000
const CALM_MS = 50_000
/** The first samples, in which caches fill, as a share. */
const WARM_UP = 1 / 3
/** How much a value may rise while it is watched: a share of its mean, or a number of units. */
const LIMITS: Readonly<
  Record<Exclude<keyof Sample, 'minute' | 'loopDelayMs'>, { readonly share?: number; readonly count?: number }>
> = {
  rssMb: { share: 0.1 },
  heapMb: { share: 0.1 },
  externalMb: { count: 10 },
  descriptors: { count: 5 },
  threads: { count: 2 },
  timers: { count: 5 },
}

const t = collectTeardowns()
const folders = makeFolders(t)
const obstacle = findObstacle()
if (obstacle !== undefined) console.log(`No disturbances of files: ${obstacle}`)
const layer = obstacle === undefined ? buildFaultLayer(t) : undefined
const sink = await startSink()
const settings = { ...layer?.environment, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }
const server = await startSampledServer(t, settings, folders)
const load = startLoad(server.address, CLIENTS, PAUSE_MS)
const disturbances = listDisturbances(layer, folders, sink)

const names = Object.keys(LIMITS) as (keyof typeof LIMITS)[]
console.log(`| minute | before | turns | ${names.join(' | ')} |`)
console.log(`|---|---|---|${names.map(() => '---|').join('')}`)
const samples: Sample[] = []
for (let minute = 1; minute <= minutes; minute++) {
  await delay(CALM_MS)
  const sample = await server.sample(minute)
  samples.push(sample)
  const disturbance = disturbances[(minute - 1) % disturbances.length]
  const cells = [minute, disturbance?.name, load.acknowledged, ...names.map(name => Math.round(sample[name] * 10) / 10)]
  console.log(`| ${cells.join(' | ')} |`)
  disturbance?.begin(server)
  await delay(DISTURBED_MS)
  disturbance?.end()
}
await load.stop()
const { acknowledged, lost, doubled, misplaced } = await load.compare()
const replies = [...load.replies].sort().map(([kind, count]) => `${count} × ${kind}`)
const code = await server.stop()
console.log(`\n${acknowledged} turns acknowledged; lost ${lost}, doubled ${doubled}, misplaced ${misplaced}; exit code ${code}`)
console.log(`replies: ${replies.join(', ')}`)

const watched = samples.slice(Math.floor(samples.length * WARM_UP))
const grown = names.filter(name => {
  const rise = riseOf(watched, name)
  const mean = watched.reduce((sum, sample) => sum + sample[name], 0) / watched.length
  console.log(`${name}: mean ${mean.toFixed(1)}, rise over ${watched.length} minutes ${rise.toFixed(1)}`)
  const { share, count } = LIMITS[name]
  return rise > (count ?? (share ?? 0) * mean)
})
if (grown.length > 0) console.log(`growing: ${grown.join(', ')}`)
await t.end()
process.exit(grown.length > 0 || lost + doubled + misplaced > 0 || code !== 0 ? 1 : 0)
