import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { crashRun } from './crash-run.ts'
import { printLedger } from './ledger.ts'

/**
 * `npm run test:crash -- [--kills N] [--seed N]` kills a server 200 times under load. It prints
 * what was done and what did not hold, and keeps the folder of a run that failed.
 */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } } })
const folder = mkdtempSync(join(tmpdir(), 'pellucid-crash-'))
const ledger = await crashRun({
  kills: Number(values.kills),
  seed: Number(values.seed),
  folder,
  onKill: (kills, { counts, failures }) =>
    console.error(`kill ${kills}: ${counts.get('turns')} turns acknowledged, ${failures.length} failures`),
})
printLedger(ledger)
if (ledger.failures.length === 0) rmSync(folder, { recursive: true })
else {
  console.log(`the files are in ${folder}`)
  process.exitCode = 1
}
