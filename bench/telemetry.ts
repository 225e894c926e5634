/**
 * What telemetry costs: the share of a bare Fastify's throughput that is left, processor time and memory, with each signal on and off, beside the
 * usual way to observe a Fastify; the spans that are dropped at saturation; and, over documents, what a turn costs.
 *
 *   node bench/telemetry.ts [--rounds N] [--seconds N] [--only edge|saturation|turns] [FOLDER…]      folders of documents: with them, the turns too
 *
 * What is to be compared takes turns within the same run; figures are medians over the rounds. The main thread of the server has a processor of
 * its own where there are two, and the load generator, the receiver and all other threads share the rest.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { printEdge } from './telemetry/edge-cost.ts'
import { startReceiver } from './telemetry/receiver.ts'
import { printSaturation } from './telemetry/saturation.ts'
import { printTurns } from './telemetry/turn-cost.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const work = mkdtempSync(join(tmpdir(), 'pellucid-telemetry-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true }))
const receiver = await startReceiver()
const wanted = (part: string) => values.only === undefined || values.only === part

if (wanted('edge')) await printEdge({ work, receiver, rounds, seconds })
if (wanted('saturation')) await printSaturation({ work, receiver, rounds, seconds: seconds * 5 })
if (wanted('turns') && positionals.length > 0) await printTurns({ work, receiver, rounds, seconds }, positionals)

await receiver.kill()
process.exit()
