import { makeFolders } from '../worlds/server-world.ts'
import { buildFaultLayer, findObstacle } from './layer/fault-layer.ts'
import { listDiskScenarios } from './world/disk-scenarios.ts'
import { listBreaches, type Outcome, runScenario, type Scenario, startFaultyServer } from './world/scenario.ts'

/**
 * `npm run test:faults [-- NAME…]` runs all scenarios, or those whose name contains NAME, each on a
 * server of its own, and prints a row of counts for each. It exits with 1 if a promise was broken.
 */

const obstacle = findObstacle()
if (obstacle !== undefined) {
  console.error(`npm run test:faults cannot run here: ${obstacle}`)
  process.exit(1)
}
const parts = process.argv.slice(2)
let isBroken = false
console.log('| Fault | Calls failed | Replies meanwhile | Ready | Messages stored | Lost | Doubled | Misplaced | Recovery |')
console.log('|---|---|---|---|---|---|---|---|---|')
for (const index of listDiskScenarios({ dataDir: '', logDir: '' }).keys()) await run(index)
process.exit(isBroken ? 1 : 0)

async function run(index: number): Promise<void> {
  const ends: (() => unknown)[] = []
  const t = { teardown: (end: () => unknown) => void ends.unshift(end) }
  try {
    const folders = makeFolders(t)
    const scenario = listDiskScenarios(folders)[index]!
    if (parts.length > 0 && !parts.some(part => scenario.name.includes(part))) return
    const layer = buildFaultLayer(t)
    const server = await startFaultyServer(t, layer, {}, folders)
    const outcome = await runScenario(server, layer, scenario)
    console.log(describe(scenario, outcome))
    const breaches = listBreaches(scenario, outcome)
    if (breaches.length > 0) console.log(`${scenario.name}: BROKEN: ${breaches.join('; ')}`)
    isBroken ||= breaches.length > 0
  } finally {
    for (const end of ends) await end()
  }
}

function describe({ name }: Scenario, outcome: Outcome): string {
  const { hits, acknowledged, lost, doubled, misplaced, recoveryMs } = outcome
  const replies = [...outcome.replies].sort().map(([kind, count]) => `${count} × ${kind}`)
  const cells = [name, hits, replies.join(', '), [...outcome.ready].join(', '), acknowledged, lost, doubled, misplaced]
  return `| ${cells.join(' | ')} | ${Math.round(recoveryMs)} ms |`
}
