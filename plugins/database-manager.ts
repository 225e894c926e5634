import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import fp from 'fastify-plugin'
import { cacheReading } from '../otel/metrics/cached-reading.ts'
import { observeDisk } from '../otel/metrics/disk-metrics.ts'
import {
  observe,
  observeAll,
  recordCommit,
  recordDatabaseOperation,
  recordFeedback,
  recordSlowOperation,
} from '../otel/recording.ts'
import { traceDatabase } from '../otel/tracing.ts'
import type { Feedback, TurnStore } from '../src/chat/turn.ts'
import type { Config } from '../src/config.ts'
import { type Database, openDatabase } from '../src/database/database-manager.ts'
import { createDocumentStore } from '../src/database/document-store.ts'
import { createSessionStore } from '../src/database/session-store.ts'
import { createTurnStore, type StoredTurns } from '../src/database/turn-store.ts'
import type { DocumentStore } from '../src/knowledge/document.ts'
import { completeLogContext, currentLogContext } from '../src/logging/record/log-context.ts'
import { roundMs } from '../src/round-ms.ts'
import type { SessionStore } from '../src/sessions/session.ts'

declare module 'fastify' {
  interface FastifyInstance {
    databaseManager: {
      readonly manager: Database
      readonly sessions: SessionStore
      readonly turns: TurnStore
      readonly documents: DocumentStore
    }
  }
}

/** So long a count of the judged turns does. */
const JUDGED_TTL_MS = 30_000

/** The database, told: connections and slow queries as log lines, each operation as a span and a histogram point, its state as gauges. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'slowQueryMs'> }>(
  async (fastify, { config }) => {
    const outside = AsyncLocalStorage.snapshot()
    const log = fastify.log.child({ module: 'database_manager' })

    function tell(operation: string, durationMs: number): void {
      recordDatabaseOperation(operation, durationMs)
      // What the background asks several times a second would bury what requests do.
      if (currentLogContext() !== undefined)
        log.debug({ function: 'run', operation, took_ms: roundMs(durationMs) }, 'Database operation')
    }

    const manager = openDatabase({
      path: join(config.dataDir, 'pellucid.sqlite'),
      log,
      now: () => performance.now(),
      slowQueryMs: config.slowQueryMs,
      observe: (operation, run) => traceDatabase(operation, run, tell),
      // Only ids of what is stored: a session that was refused never existed.
      onWritten: completeLogContext,
      onCommit: recordCommit,
      onSlow: recordSlowOperation,
    })
    const turns = createTurnStore(manager)

    /** Judgements come by a route and by a command; both end here. */
    async function judge(turnId: string, feedback: Feedback): Promise<boolean> {
      const isRecorded = await turns.recordFeedback(turnId, feedback)
      if (isRecorded) recordFeedback(feedback.correct)
      return isRecorded
    }

    // The last request's ids are still around when its connection was the last to close.
    fastify.addHook('onClose', () => outside(() => manager.close()))
    // What is added later is done earlier.
    fastify.addHook(
      'onClose',
      observeAll([observeDatabase(manager), observeJudgements(turns), observeDisk('data', config.dataDir)]),
    )
    fastify.decorate('databaseManager', {
      manager,
      sessions: createSessionStore(manager),
      turns: { ...turns, recordFeedback: judge },
      documents: createDocumentStore(manager),
    })
  },
  { name: 'database-manager', dependencies: ['telemetry'] },
)

function observeDatabase(manager: Database): () => void {
  const isUp = () => {
    const { open, writer, isFailing } = manager.state
    return open && writer === 'running' && !isFailing
  }
  // The reader reads on this thread, and so never while it is asked.
  const countUsed = () => (manager.state.isWriting ? 1 : 0)
  const countOpen = () => {
    const { open, writer } = manager.state
    return (open ? 1 : 0) + (writer === 'running' ? 1 : 0)
  }
  return observeAll([
    observe('chatbot_database_up', () => (isUp() ? 1 : 0)),
    observe('chatbot_database_waiting_writes', () => manager.state.waitingWrites),
    observe('chatbot_database_wal_bytes', () => manager.state.walBytes),
    observe('db_client_connection_count', countUsed, { state: 'used' }),
    observe('db_client_connection_count', () => countOpen() - countUsed(), { state: 'idle' }),
  ])
}

function observeJudgements(turns: StoredTurns): () => void {
  const judged = cacheReading(turns.countJudged, JUDGED_TTL_MS)
  return observeAll([
    observe('chatbot_judged_turns', async () => (await judged()).correct, { judgement: 'correct' }),
    observe('chatbot_judged_turns', async () => (await judged()).incorrect, { judgement: 'incorrect' }),
    observe('chatbot_accuracy_ratio', async () => {
      const { correct, incorrect } = await judged()
      return correct + incorrect === 0 ? undefined : correct / (correct + incorrect)
    }),
  ])
}
