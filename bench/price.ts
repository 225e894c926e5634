/**
 * Measures the price of a turn, `POST /chat`: throughput relative to a bare Fastify, latency,
 * memory, and processor time by thread. Each signal is measured on and off. The turn is compared
 * with the same one under the usual instrumentation, and with a Python service. Draws where the
 * time goes.
 *
 *   npm run bench -- [--rounds N] [--seconds N] [--connections N] [--only KEY,…]
 *     [--picture FILE] [FOLDER…]
 *
 * FOLDER contains documents; without one, pages about 7,400 commands are generated. Each program
 * has all its threads on the first CPU, and the load generator and the receiver have the others.
 * Programs take turns within a run; figures are medians over the rounds.
 */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exportPassages, ingest, prepareMessages } from './harness/documents.ts'
import { pin, ROOT, type Started } from './harness/processes.ts'
import { preparePython } from './harness/python.ts'
import { startReceiver } from './harness/receiver.ts'
import { median } from './harness/statistics.ts'
import { drawTurnCost } from './price/cost-picture.ts'
import { readMainProfile, shareOut } from './price/profile.ts'
import { type Measured, runRounds, sendLoad, THREAD_KINDS } from './price/rounds.ts'
import { printComponents, printSpeed, printThreads } from './price/tables.ts'
import { writeTldrBase } from './price/tldr-base.ts'
import { ALL, startWith, VARIANTS, type Variant, type World } from './price/variants.ts'

const ASKED = 100
/** Turns until the code is compiled, and the limit for a slow machine. */
const WARM_UP_TURNS = 10_000
const WARM_UP_LIMIT_MS = 60_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
    picture: { type: 'string', default: join(ROOT, 'docs/pictures/turn-cost.svg') },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const load = { connections: Number(values.connections), seconds }
const chosen = selectVariants(values.only)

const work = mkdtempSync(join(tmpdir(), 'pellucid-price-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true }))
const python = chosen.some(({ key }) => key === 'python')
  ? preparePython(join(ROOT, 'bench/peers/requirements.txt'), 'peers', 'The Python service is not measured')
  : undefined
const folders = positionals.length > 0 ? positionals : [join(work, 'documents')]
if (positionals.length === 0) writeTldrBase(join(work, 'documents'))
ingest(folders, join(work, 'data'), join(work, 'logs'))
const world: World = {
  work,
  receiver: await startReceiver(),
  dataDir: join(work, 'data'),
  passages: join(work, 'passages.jsonl'),
  python,
}
await exportPassages(world.dataDir, world.passages)

const programs: (Measured & { readonly variant: Variant })[] = []
for (const variant of chosen.filter(({ key }) => key !== 'python' || python !== undefined)) {
  const started = await variant.start(world)
  const messages = await prepareMessages(started.address, folders)
  await warmUp(started, messages)
  programs.push({ variant, started, messages, rounds: [] })
}
const full = programs.find(({ variant }) => variant === ALL)
const answered = await countAnswers(full ?? programs[1] ?? programs[0]!)
const isPinned = pinAll(programs.map(({ started }) => started.pid))
await runRounds(programs, rounds, load)
for (const { started } of programs) await started.kill()

console.log(
  `\n\`POST /chat\`, every turn on disk; ${rounds} rounds of ${seconds} s, ${load.connections} connections; ` +
    `${answered} of ${ASKED} questions are answered; spans are sent to ${world.receiver.what}; ` +
    `${isPinned ? 'all threads of a server share one CPU' : 'servers are not pinned'}.`,
)
const rows = programs.map(({ variant, rounds: results }) => ({ name: variant.name, rounds: results }))
printSpeed(rows)
printThreads(rows)
if (full !== undefined) await profile(full)
await world.receiver.kill()
process.exit()

function selectVariants(only: string | undefined): readonly Variant[] {
  const keys = only?.split(',') ?? VARIANTS.map(({ key }) => key)
  const unknown = keys.filter(key => !VARIANTS.some(variant => variant.key === key))
  if (unknown.length > 0)
    throw new Error(`--only: unknown ${unknown.join(', ')}. Use ${VARIANTS.map(({ key }) => key).join(', ')}.`)
  // The first is the reference.
  return VARIANTS.filter(({ key }, i) => i === 0 || keys.includes(key))
}

function pinAll(pids: readonly number[]): boolean {
  return pin(pids, [world.receiver.pid], 'all')
}

async function warmUp({ address }: Started, messages: Measured['messages']): Promise<void> {
  const deadline = performance.now() + WARM_UP_LIMIT_MS
  for (let turns = 0; turns < WARM_UP_TURNS && performance.now() < deadline; )
    turns += (await sendLoad(address, messages, { ...load, seconds: 2 })).times.length
}

/** Asks some of the questions and counts replies that are answers. */
async function countAnswers({ started, messages }: Measured): Promise<number> {
  let count = 0
  for (let i = 0; i < ASKED; i++) {
    const reply = await fetch(`${started.address}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(messages[Math.floor((i * messages.length) / ASKED)]),
    })
    if (((await reply.json()) as { kind?: string }).kind === 'answer') count++
  }
  return count
}

/** Runs the full service under the profiler, prints the shares of its components and draws them. */
async function profile({ rounds: results }: Measured): Promise<void> {
  const folder = join(work, 'profiles')
  mkdirSync(folder)
  const startedAt = process.uptime()
  const started = await startWith(world, 'profiled', ['--cpu-prof', `--cpu-prof-dir=${folder}`])
  const messages = await prepareMessages(started.address, folders)
  await warmUp(started, messages)
  pinAll([started.pid])
  // Longer than start and warm-up: the second half of the profile counts.
  await sendLoad(started.address, messages, { ...load, seconds: Math.ceil(process.uptime() - startedAt) })
  const exited = once(started.process, 'exit')
  started.process.kill('SIGTERM')
  await exited
  const shares = shareOut(readMainProfile(folder))
  const usOf = (kind: (typeof THREAD_KINDS)[number]) => median(results.map(({ threadUs }) => threadUs[kind]))
  const [, ...others] = THREAD_KINDS
  const cost = { mainUs: usOf('main'), threadUs: new Map(others.map(kind => [kind, usOf(kind)])), shares }
  printComponents(cost)
  writeFileSync(values.picture, drawTurnCost(cost))
}
