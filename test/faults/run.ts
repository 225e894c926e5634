import { collectTeardowns } from '../worlds/teardowns.ts'
import { findObstacle } from './layer/fault-layer.ts'
import {
  brokenCollector,
  endedThreads,
  type FaultyServer,
  faultyFiles,
  fewDescriptors,
  littleMemory,
} from './world/faulty-servers.ts'
import { listBreaches, type Outcome, runScenario, type Scenario } from './world/scenario.ts'

/**
 * `npm run test:faults [-- NAME…]` runs all scenarios, or those whose name contains NAME, and
 * prints a row of counts for each. Each kind of fault has a server of its own. It exits with 1 if a
 * promise was broken.
 */

type Create = (t: { teardown(end: () => unknown): void }) => FaultyServer | Promise<FaultyServer>

const parts = process.argv.slice(2)
const obstacle = findObstacle()
if (obstacle !== undefined) console.log(`Skipping the faults of files: ${obstacle}\n`)
let isBroken = false
console.log('| Fault | Met | Replies meanwhile | Ready | Messages stored | Lost | Doubled | Misplaced | Recovery |')
console.log('|---|---|---|---|---|---|---|---|---|')
for (const create of [...(obstacle === undefined ? [faultyFiles] : []), ...endedThreads(), brokenCollector, fewDescriptors])
  await run(create)
if (!(await run(littleMemory))) console.log('\nSkipping the limit of memory: no cgroup can be made here')
process.exit(isBroken ? 1 : 0)

/** Returns whether there was anything to run. */
async function run(create: Create): Promise<boolean> {
  const t = collectTeardowns()
  try {
    const { scenarios, start } = await create(t)
    const chosen = scenarios.filter(({ name }) => parts.length === 0 || parts.some(part => name.includes(part)))
    if (chosen.length === 0) return scenarios.length > 0
    const server = await start()
    for (const scenario of chosen) report(scenario, await runScenario(server, scenario))
    return true
  } finally {
    await t.end()
  }
}

function report(scenario: Scenario, outcome: Outcome): void {
  const { hits, acknowledged, lost, doubled, misplaced, recoveryMs } = outcome
  const replies = [...outcome.replies].sort().map(([kind, count]) => `${count} × ${kind}`)
  const cells = [scenario.name, hits, replies.join(', '), [...outcome.ready].join(', '), acknowledged, lost, doubled, misplaced]
  console.log(`| ${cells.join(' | ')} | ${Math.round(recoveryMs)} ms |`)
  const breaches = listBreaches(scenario, outcome)
  if (breaches.length > 0) console.log(`${scenario.name}: BROKEN: ${breaches.join('; ')}`)
  isBroken ||= breaches.length > 0
}
