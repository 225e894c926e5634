/**
 * Measures how an outage of the collector affects turns at a steady rate: latency before, during
 * and after it, memory, failed requests, dropped spans and lost log lines. The collector is killed
 * or replaced by a program that misbehaves.
 *
 *   node bench/outage.ts [--rate TURNS/S] [--seconds N] FOLDER…
 *
 * FOLDER contains documents. The outage lasts twice as long as the other phases. Needs a collector,
 * which `npm run test:stack` builds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { printOutages } from './telemetry/outage.ts'

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { rate: { type: 'string', default: '100' }, seconds: { type: 'string', default: '15' } },
})
if (folders.length === 0) throw new Error('usage: node bench/outage.ts FOLDER…')
const work = mkdtempSync(join(tmpdir(), 'pellucid-outage-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true }))
await printOutages({ work, folders, perSecond: Number(values.rate), seconds: Number(values.seconds) })
process.exit()
