/** Measures programs in rounds: every round loads each of them for the same time. */
import autocannon from 'autocannon'
import type { ChatMessage } from '../harness/documents.ts'
import { readRssMb, readThreadTimes, type Started, untilQuiet } from '../harness/processes.ts'
import { percentile } from '../harness/statistics.ts'

export interface Measured {
  readonly started: Started
  readonly messages: readonly ChatMessage[]
  readonly rounds: Round[]
}

export interface Round {
  readonly perSecond: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Replies other than 200, and failed connections. */
  readonly failed: number
  /** Processor time of a turn in microseconds, by kind of thread. */
  readonly threadUs: Readonly<Record<ThreadKind, number>>
  readonly rssMb: number
}

export interface Load {
  readonly connections: number
  readonly seconds: number
}

/** The first pattern that matches the name of a thread. The main thread is known by its id. */
const THREADS = {
  writer: /^database-writer/,
  log: /^log-writer/,
  'V8 (GC, compiler)': /^V8Worker/,
} as const
export type ThreadKind = 'main' | keyof typeof THREADS | 'others'
export const THREAD_KINDS = ['main', 'writer', 'log', 'V8 (GC, compiler)', 'others'] as const satisfies readonly ThreadKind[]

/** Runs the rounds. Each begins with another program, so that none always follows the same one. */
export async function runRounds(programs: readonly Measured[], rounds: number, load: Load): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const [i] of programs.entries()) {
      const { started, messages, rounds: results } = programs[(i + round) % programs.length]!
      await untilQuiet(started.pid)
      results.push(await measure(started, messages, load))
    }
  }
}

/** The processor time includes what a program does after its replies, such as exporting spans. */
async function measure({ pid, address }: Started, messages: readonly ChatMessage[], load: Load): Promise<Round> {
  const before = readThreadTimes(pid)
  const { result, times } = await sendLoad(address, messages, load)
  const rssMb = readRssMb(pid)
  await untilQuiet(pid)
  const usedUs = { main: 0, writer: 0, log: 0, 'V8 (GC, compiler)': 0, others: 0 }
  for (const [id, { name, ms }] of readThreadTimes(pid))
    usedUs[kindOf(id, name, pid)] += ((ms - (before.get(id)?.ms ?? 0)) * 1000) / result.requests.sent
  return {
    perSecond: times.length / result.duration,
    meanMs: times.reduce((sum, time) => sum + time, 0) / times.length,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    failed: result.non2xx + result.errors,
    threadUs: usedUs,
    rssMb,
  }
}

function kindOf(id: number, name: string, pid: number): ThreadKind {
  if (id === pid) return 'main'
  return (Object.keys(THREADS) as (keyof typeof THREADS)[]).find(kind => THREADS[kind].test(name)) ?? 'others'
}

/** Posts the messages in a loop. `times` are the latencies in milliseconds. */
export async function sendLoad(url: string, messages: readonly ChatMessage[], { connections, seconds }: Load) {
  const requests = messages.map(
    message =>
      ({
        method: 'POST',
        path: '/chat',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
      }) as const,
  )
  const times: number[] = []
  let clients = 0
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const options: autocannon.Options = {
    url,
    connections,
    duration: seconds,
    // Each connection has requests of its own. They are of different sessions at any time, because
    // messages of one session wait for each other. Preparing all requests for each connection would
    // delay the first replies by up to 300 ms.
    setupClient: client => {
      const own = clients++
      client.setRequests(requests.filter((_, i) => i % connections === own))
    },
  }
  const running = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
  running.on('response', (_client, _status, _bytes, tookMs) => times.push(tookMs))
  return { result: await promise, times }
}
