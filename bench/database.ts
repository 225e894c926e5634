import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Turn } from '../src/chat/turn.ts'
import { openDatabase } from '../src/database/database-manager.ts'
import { createSessionStore } from '../src/database/session-store.ts'
import { createTurnStore } from '../src/database/turn-store.ts'
import { percentile } from './harness/statistics.ts'

/**
 * Measures durable turns per second and their latency at several numbers of concurrent turns, and
 * the cost of a read.
 *
 *   node bench/database.ts [SECONDS_PER_ROW] [FOLDER_ON_THE_DISK]
 */

const [seconds = '3', parent = tmpdir()] = process.argv.slice(2)
const folder = mkdtempSync(join(parent, 'pellucid-bench-'))
const database = openDatabase({ path: join(folder, 'pellucid.db') })
const sessions = createSessionStore(database)
const turns = createTurnStore(database)
let turnCount = 0

console.log('| concurrent turns | durable turns/s | p50 ms | p99 ms |\n|---:|---:|---:|---:|')
for (const inFlight of [1, 8, 64]) {
  const { perSecond, tookMs } = await measure(inFlight, index => append(`session-${index}`))
  console.log(
    `| ${inFlight} | ${Math.round(perSecond)} | ${percentile(tookMs, 0.5).toFixed(2)} | ${percentile(tookMs, 0.99).toFixed(2)} |`,
  )
}
const reads = await measure(1, () => turns.list('session-0', { limit: 20 }))
console.log(
  `\nReads of the last 20 turns of a session, without other load: ${Math.round(reads.perSecond)} per second, p99 ${percentile(reads.tookMs, 0.99).toFixed(2)} ms`,
)
await database.close()
rmSync(folder, { recursive: true })

async function measure(inFlight: number, run: (index: number) => Promise<unknown>) {
  const tookMs: number[] = []
  const startedAt = performance.now()
  const until = startedAt + Number(seconds) * 1000
  const loop = async (index: number) => {
    await openSession(`session-${index}`)
    while (performance.now() < until) {
      const before = performance.now()
      await run(index)
      tookMs.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, index) => loop(index)))
  return { perSecond: (tookMs.length / (performance.now() - startedAt)) * 1000, tookMs }
}

async function openSession(id: string): Promise<void> {
  if ((await sessions.find(id)) !== undefined) return
  const session = { id, createdAt: 0, lastActiveAt: 0, expiresAt: 3_600_000, contextFrom: 0, turnCount: 0 }
  await sessions.open(session, { maxSessions: 1000, maxPerUser: 5, maxPerClient: 1000 })
}

async function append(sessionId: string): Promise<void> {
  await turns.append(turnOf(sessionId, `turn-${turnCount++}`), { sessionExpiresAt: 3_600_000 })
}

/** A turn of typical size: a question of 40 characters, an answer of 400, three sources. */
function turnOf(sessionId: string, turnId: string): Turn {
  const source = {
    title: 'Adding documents',
    location: 'docs/documents.md#adding',
    passage: 'Put the files in a folder. '.repeat(12),
    score: 7.5,
  }
  const receipt = {
    response: 'Run the command with the folder that holds them. '.repeat(8),
    responseText: 'Run the command with the folder that holds them. '.repeat(8),
    sessionId,
    turnId,
    traceId: '0'.repeat(32),
    kind: 'answer' as const,
    confidence: 0.8,
    sources: [source, source, source],
    suggestions: [],
    timingsMs: { queue: 0, session: 0, parse: 0, search: 0.2, answer: 0.3, total: 0.5 },
  }
  return {
    receipt,
    seq: 0,
    message: 'How do I add documents to the collection?',
    requestId: `request-${turnId}`,
    createdAt: turnCount,
  }
}
