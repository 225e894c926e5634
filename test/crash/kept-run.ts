import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Test } from 'tap'
import { type Ledger, printLedger } from './ledger.ts'

/** A run of `times` disturbances that reports what was done and what did not hold. */
export type Run = (options: {
  readonly times: number
  readonly seed: number
  /** An empty folder. */
  readonly folder: string
  readonly onDone?: (times: number, ledger: Ledger) => void
}) => Promise<Ledger>

/**
 * Runs with the options `--NAME N` (default 200) and `--seed N` (default 1) and prints the ledger.
 * Keeps the folder of a run that failed.
 */
export async function runFromCommandLine(name: 'kills' | 'states', run: Run): Promise<void> {
  const option = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = parseArgs({ options: { [name]: option('200'), seed: option('1') } })
  const folder = makeFolder()
  const ledger = await run({
    times: Number(values[name]),
    seed: Number(values.seed),
    folder,
    onDone: (times, { counts, failures }) =>
      console.error(`${name} ${times}: ${counts.get('turns')} turns acknowledged, ${failures.length} failures`),
  })
  printLedger(ledger)
  if (ledger.failures.length === 0) rmSync(folder, { recursive: true })
  else {
    console.log(`the files are in ${folder}`)
    process.exitCode = 1
  }
}

/** Runs as a test, with another seed each time, and expects that these things were done. */
export async function runAsTest(t: Test, times: number, run: Run, expected: readonly string[]): Promise<void> {
  const folder = makeFolder()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const seed = Date.now() % 1000
  t.comment(`seed ${seed}`)
  const { counts, failures } = await run({ times, seed, folder })
  t.same(failures, [])
  t.comment(Object.fromEntries(counts))
  for (const done of expected) t.ok(counts.get(done), `${done}: ${counts.get(done)}`)
}

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'pellucid-run-'))
}
