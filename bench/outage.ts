/**
 * What an outage of the collector does to turns: their latency before, during and after it, at a steady rate, the server's memory, the requests
 * that failed, and what was lost of spans and log lines. The collector is killed, or something stands in its place that does not do its work.
 *
 *   node bench/outage.ts [--rate TURNS/S] [--seconds N] FOLDER…        folders of documents; seconds of each phase, twice as many of an outage
 *
 * It takes a collector, which `npm run test:stack` builds.
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
