import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Sample, startSampledServer } from '../soak/samples.ts'
import { makeFolders } from '../worlds/server-world.ts'
import { collectTeardowns } from '../worlds/teardowns.ts'
import { attack, createTally } from './attack.ts'
import { createCredentials, HOST } from './credentials.ts'
import { watchHealth } from './health-watch.ts'
import { createWaves, unleash } from './pressure.ts'
import { runSchemathesis } from './schemathesis.ts'

/**
 * `npm run test:hostile -- [--requests N] [--seed N] [--keys]` sends 100,000 generated bad requests
 * to a server, and lets waves of clients hold its connections and memory. With `--keys`, the server
 * asks for keys, and most requests have one. It exits with 1 if a reply is
 * not documented, the server stalls or ends, or it does not give back memory and descriptors.
 */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    keys: { type: 'boolean', default: false },
    'schemathesis-seconds': { type: 'string', default: '120' },
  },
})
const requests = Number(values.requests)
/**
 * Requests before the first sample, and then the largest documents: caches and code are warm, and
 * the system's allocator has what usual clients may take.
 */
const WARM_UP = 5000
/** How much more memory the server may have in the end, as a share. */
const RSS_RISE = 0.25
const HEAP_RISE = 0.1
/** Connections are closed after 75 s at the latest. */
const CALM_CHECKS = 100
const SHOWN_BREACHES = 20

const t = collectTeardowns()
const folders = makeFolders(t)
const credentials = values.keys ? createCredentials(folders.dataDir) : undefined
const settings: Record<string, string> = values.keys ? { ACCESS: 'keys', RATE_LIMIT_PER_MINUTE: '0' } : {}
const server = await startSampledServer(t, settings, folders)
const port = Number(new URL(server.address).port)
const tally = createTally()
const waves = createWaves(credentials?.adminHeaders ?? HOST)
const health = watchHealth(port, tally)

await attack(port, tally, WARM_UP, Number(values.seed) + 1, credentials?.authorize)
await unleash(port, tally, 'large documents', waves.largeDocuments)
const before = await takeSettled(0)
report('warm-up', before)
const generated = await runSchemathesis(
  server.address,
  Number(values['schemathesis-seconds']),
  join(folders.dataDir, '..'),
  credentials?.admin,
)
if (generated?.failed) {
  console.log(generated.report)
  tally.breaches.push('Schemathesis found a reply that is not documented')
}
if (generated !== undefined) report(`Schemathesis: ${generated.requests} requests`, await server.sample(1))
await attack(port, tally, requests - WARM_UP, Number(values.seed), credentials?.change)
report(`own grammar: ${requests} requests`, await server.sample(2))
for (const [name, wave] of Object.entries(waves.hostile)) {
  await unleash(port, tally, name, wave)
  report(`${wave.length} × ${name}`, await server.sample(3))
}
// Its connection has a descriptor.
await health.stop()
const after = await takeSettled(4, before)
report('afterwards', after)

if (after.rssMb > before.rssMb * (1 + RSS_RISE)) tally.breaches.push(`memory: ${after.rssMb} MB, before ${before.rssMb}`)
if (after.heapMb > before.heapMb * (1 + HEAP_RISE)) tally.breaches.push(`heap: ${after.heapMb} MB, before ${before.heapMb}`)
if (after.descriptors > before.descriptors) tally.breaches.push(`descriptors: ${after.descriptors}, before ${before.descriptors}`)
const code = await server.stop()
if (code !== 0) tally.breaches.push(`exit code ${code}`)
console.log('\n| Reply | Count |\n|---|---|')
for (const [reply, count] of [...tally.counts].sort()) console.log(`| ${reply} | ${count.toLocaleString('en')} |`)
console.log(`\nbreaches: ${tally.breaches.length}`)
for (const breach of tally.breaches.slice(0, SHOWN_BREACHES)) console.log(breach)
await t.end()
process.exit(tally.breaches.length > 0 ? 1 : 0)

/** Waits until no connection is open, or descriptors and memory are as before. */
async function takeSettled(minute: number, before?: Sample): Promise<Sample> {
  let sample = await server.sample(minute)
  const isBack = ({ rssMb }: Sample) => before === undefined || rssMb <= before.rssMb * (1 + RSS_RISE)
  for (let check = 0, calm = 0; check < CALM_CHECKS && calm < 3; check++) {
    await new Promise(resolve => setTimeout(resolve, 1000))
    const next = await server.sample(minute)
    calm = next.descriptors <= (before ?? sample).descriptors && isBack(next) ? calm + 1 : 0
    sample = next
  }
  return sample
}

function report(what: string, { rssMb, heapMb, descriptors, loopDelayMs }: Sample): void {
  console.log(
    `${what}: ${Math.round(rssMb)} MB resident, ${Math.round(heapMb)} MB heap, ${descriptors} descriptors; slowest /health/live ${Math.round(health.takeLongest())} ms, longest turn of the event loop ${Math.round(loopDelayMs)} ms`,
  )
}
