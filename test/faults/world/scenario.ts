import { setTimeout as delay } from 'node:timers/promises'
import type { ServerWorld } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { type Comparison, startLoad } from './load.ts'

/** A fault while clients send messages, and what the server promises meanwhile. */
export interface Scenario {
  readonly name: string
  begin(server: ServerWorld): Disturbance | Promise<Disturbance>
  /** Checks of `/health/ready` that must fail. */
  readonly failing: readonly string[]
  /** Whether the server may recover and fail again, with these codes besides the usual. */
  readonly isFlaky?: boolean
  readonly codes?: readonly string[]
}

/** A fault that has begun. */
export interface Disturbance {
  /** How often the server has met it, such as calls that failed. */
  hits(): number
  end(): unknown
}

export interface Outcome extends Comparison {
  /** Replies during the fault, by status and code. */
  readonly replies: ReadonlyMap<string, number>
  /** Statuses of `/health/ready`, from when the fault showed there until it ended. */
  readonly ready: ReadonlySet<number>
  /** Values of the metric `chatbot_database_up` in that time. */
  readonly up: ReadonlySet<number>
  /** How often the server met the fault. */
  readonly hits: number
  /** From the end of the fault until the server was ready and each client had a reply. */
  readonly recoveryMs: number
}

const CLIENTS = 4
/** Messages before and after the fault. */
const CALM_MESSAGES = 20
/** Looks at `/health/ready` during the fault, and the times that the server tries again. */
const LOOKS = 40
const PROBES = 3
const RETRY_DELAY_MS = 20

/** Runs clients through calm, fault and calm, and compares what they got with what is stored. */
export async function runScenario(server: ServerWorld, { begin, failing }: Scenario): Promise<Outcome> {
  const { address } = server
  const load = startLoad(address, CLIENTS)
  await until(() => load.acknowledged >= CALM_MESSAGES)
  load.recount()
  const fault = await begin(server)
  await until(async () => isSubset(failing, (await readFailing(address)).names) && fault.hits() > 0)
  const probesBefore = await readMetric(address, PROBE_COUNT)
  const isProbed = failing.includes('writer')
  const [ready, up] = [new Set<number>(), new Set<number>()]
  for (let looks = 0; looks < LOOKS || (isProbed && (await readMetric(address, PROBE_COUNT)) < probesBefore + PROBES); looks++) {
    ready.add((await readFailing(address)).status)
    up.add(await readMetric(address, /^chatbot_database_up (\d)/m))
  }
  const replies = new Map(load.replies)
  const hits = fault.hits()
  await fault.end()
  const endedAt = performance.now()
  const before = load.acknowledged
  await until(async () => {
    const { status, names } = await readFailing(address)
    return status === 200 && !failing.some(name => names.includes(name)) && load.acknowledged >= before + CLIENTS
  })
  const recoveryMs = performance.now() - endedAt
  await until(() => load.acknowledged >= before + CALM_MESSAGES)
  await load.stop()
  return { replies, ready, up, hits, recoveryMs, ...(await load.compare()) }
}

const UNAVAILABLE = '503 DATABASE_UNAVAILABLE'
/** Checks without which the server is not ready. */
const REQUIRED = ['database', 'writer']

/** Lists what the server promises and has not kept. */
export function listBreaches(
  { failing, isFlaky = false, codes = [] }: Scenario,
  { replies, ready, up, hits, lost, doubled, misplaced }: Outcome,
): readonly string[] {
  const isDown = failing.some(name => REQUIRED.includes(name))
  const unexpected = [...replies.keys()].filter(
    kind => !/^20[0124]$/.test(kind) && !codes.includes(kind) && !(isDown && kind === UNAVAILABLE),
  )
  const states = [[...ready].join() === (isDown ? '503' : '200'), [...up].join() === (isDown ? '0' : '1')]
  return [
    ...(hits > 0 ? [] : ['the fault was not met']),
    ...unexpected.map(kind => `replies with ${kind}`),
    ...(isFlaky || states[0] ? [] : [`/health/ready replied with ${[...ready].join(', ')}`]),
    ...(isFlaky || states[1] ? [] : [`chatbot_database_up was ${[...up].join(', ')}`]),
    ...Object.entries({ lost, doubled, misplaced }).flatMap(([what, turns]) => (turns === 0 ? [] : [`turns ${what}: ${turns}`])),
  ]
}

const PROBE_COUNT = /^db_client_operation_duration_seconds_count\{operation="UPDATE storage_probe"\} (\d+)/m

/** The status of `/health/ready` and the names of the checks that fail. */
async function readFailing(address: string): Promise<{ readonly status: number; readonly names: readonly string[] }> {
  const reply = await get(`${address}/health/ready`)
  const { checks } = (await reply.json()) as { readonly checks: Readonly<Record<string, { readonly ok: boolean }>> }
  return { status: reply.status, names: Object.keys(checks).filter(name => checks[name]?.ok === false) }
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every(name => all.includes(name))
}

/** Requests until there is a reply: a server with many connections closes new ones. */
async function get(url: string): Promise<Response> {
  for (;;) {
    const reply = await fetch(url).catch(() => delay(RETRY_DELAY_MS))
    if (reply !== undefined) return reply
  }
}

async function readMetric(address: string, pattern: RegExp): Promise<number> {
  const text = await (await get(`${address}/metrics`)).text()
  return Number(pattern.exec(text)?.[1] ?? 0)
}
