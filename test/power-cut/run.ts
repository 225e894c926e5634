import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { printLedger } from '../crash/ledger.ts'
import { powerCutRun } from './power-cut-run.ts'

/**
 * `npm run test:power-cut -- [--states N] [--seed N]` records a server under load and cuts its
 * power at 200 moments. It needs Linux and a C compiler, and keeps the folder of a run that failed.
 */
const { values } = parseArgs({ options: { states: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } } })
const folder = mkdtempSync(join(tmpdir(), 'pellucid-power-cut-'))
const ledger = await powerCutRun({
  states: Number(values.states),
  seed: Number(values.seed),
  folder,
  onState: (states, { failures }) => console.error(`power cut ${states}: ${failures.length} failures`),
})
printLedger(ledger)
if (ledger.failures.length === 0) rmSync(folder, { recursive: true })
else {
  console.log(`the files are in ${folder}`)
  process.exitCode = 1
}
