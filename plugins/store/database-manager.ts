import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observeDatabase, observeFeedback } from '../../otel/metrics/database-metrics.ts'
import { observeDisk } from '../../otel/metrics/disk-metrics.ts'
import { observeAll, recordCommit, recordDatabaseOperation, recordFeedback, recordSlowOperation } from '../../otel/recording.ts'
import { traceDatabase } from '../../otel/tracing.ts'
import { roundMs } from '../../src/base/round-ms.ts'
import { createFeedbackRecorder } from '../../src/chat/feedback.ts'
import type { TurnStore } from '../../src/chat/turn.ts'
import type { Config } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/database/database-manager.ts'
import { createDocumentStore } from '../../src/database/document-store.ts'
import { createSessionStore } from '../../src/database/session-store.ts'
import { createTurnStore } from '../../src/database/turn-store.ts'
import type { DocumentStore } from '../../src/knowledge/document.ts'
import { completeLogContext, currentLogContext } from '../../src/logging/record/log-context.ts'
import type { SessionStore } from '../../src/sessions/session.ts'

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

const PROBE_INTERVAL_MS = 1000
const FEEDBACK_LINES = { module: 'chat', function: 'record_feedback' }

/**
 * The database and its stores, with log lines, a span and a histogram for each operation, and
 * gauges of its state.
 */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'slowQueryMs'> }>(
  async (fastify, { config }) => {
    const outsideOfRequests = AsyncLocalStorage.snapshot()
    const log = fastify.log.child({ module: 'database_manager' })
    const manager = openDatabase({
      path: join(config.dataDir, 'pellucid.sqlite'),
      log,
      now: () => performance.now(),
      slowQueryMs: config.slowQueryMs,
      observe: (operation, run) => traceDatabase(operation, run, report),
      nameSession: fastify.pseudonym.session,
      onWritten: completeLogContext,
      onCommit: recordCommit,
      onSlow: recordSlowOperation,
    })
    const turns = createTurnStore(manager)

    function report(operation: string, durationMs: number): void {
      recordDatabaseOperation(operation, durationMs)
      // Background jobs query the database several times a second: only operations of requests are
      // logged.
      if (currentLogContext() === undefined) return
      log.debug({ function: 'run', operation, took_ms: roundMs(durationMs) }, 'Database operation finished')
    }

    const recorder = { store: turns.recordFeedback, log: fastify.log.child(FEEDBACK_LINES), onRecorded: recordFeedback }
    // The last request may still be the async context here. Its ids do not belong on these lines.
    fastify.addHook('onClose', () => outsideOfRequests(() => manager.close()))
    // onClose hooks run in reverse order: the gauges are removed before the database closes.
    const gauges = [observeDatabase(() => manager.state), observeFeedback(turns.countJudged), observeDisk('data', config.dataDir)]
    fastify.addHook('onClose', observeAll(gauges))
    fastify.decorate('databaseManager', {
      manager,
      sessions: createSessionStore(manager),
      turns: { ...turns, recordFeedback: createFeedbackRecorder(recorder) },
      documents: createDocumentStore(manager),
    })
    fastify.background.repeat(PROBE_INTERVAL_MS, 'database_probe', manager.probe)
    fastify.background.repeat(PROBE_INTERVAL_MS, 'database_watch', async () => manager.watch())
  },
  { name: 'database-manager', dependencies: ['background', 'pseudonym'] },
)
