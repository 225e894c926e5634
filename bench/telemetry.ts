/**
 * Measures the cost of telemetry: throughput relative to bare Fastify, CPU time and memory with
 * each signal on and off, compared with the usual instrumentation. Also measures spans dropped at
 * saturation. `npm run bench` measures the cost of a turn.
 *
 *   node bench/telemetry.ts [--rounds N] [--seconds N] [--only edge|saturation]
 *
 * Variants take turns within a run; figures are medians over the rounds. With two CPUs or more, the
 * server's main thread has its own CPU; load generator, receiver and other threads share the rest.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startReceiver } from './harness/receiver.ts'
import { printEdge } from './telemetry/edge-cost.ts'
import { printSaturation } from './telemetry/saturation.ts'

const { values } = parseArgs({
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

await receiver.kill()
process.exit()
