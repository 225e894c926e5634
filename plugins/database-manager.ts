import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observeGauge, recordDatabaseOperation } from '../otel/metrics.ts'
import { traceDatabase } from '../otel/tracing.ts'
import type { TurnStore } from '../src/chat/turn.ts'
import type { Config } from '../src/config.ts'
import { type Database, openDatabase } from '../src/database/database-manager.ts'
import { createDocumentStore } from '../src/database/document-store.ts'
import { createSessionStore } from '../src/database/session-store.ts'
import { createTurnStore } from '../src/database/turn-store.ts'
import type { DocumentStore } from '../src/knowledge/document.ts'
import { currentLogContext } from '../src/logging/log-context.ts'
import type { SessionStore } from '../src/sessions/session.ts'

declare module 'fastify' {
  interface FastifyInstance {
    database: {
      readonly manager: Database
      readonly sessions: SessionStore
      readonly turns: TurnStore
      readonly documents: DocumentStore
    }
  }
}

/** The database, told: connections and slow queries as log lines, each operation as a span and a histogram point. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'slowQueryMs'> }>(
  async (fastify, { config }) => {
    const outside = AsyncLocalStorage.snapshot()
    const log = fastify.log.child({ module: 'database_manager' })

    function tell(operation: string, durationMs: number): void {
      recordDatabaseOperation(operation, durationMs)
      // What the background asks several times a second would bury what requests do.
      if (currentLogContext() !== undefined) log.debug({ function: 'run', operation, took_ms: durationMs }, 'Database operation')
    }

    const manager = openDatabase({
      path: join(config.dataDir, 'pellucid.sqlite'),
      log,
      now: () => performance.now(),
      slowQueryMs: config.slowQueryMs,
      observe: (operation, run) => traceDatabase(operation, run, tell),
    })
    const stopGauge = observeGauge('chatbot_database_waiting_writes', () => manager.state.waitingWrites)
    fastify.addHook('onClose', async () => {
      stopGauge()
      // The last request's ids are still around when its connection was the last to close.
      await outside(() => manager.close())
    })
    fastify.decorate('database', {
      manager,
      sessions: createSessionStore(manager),
      turns: createTurnStore(manager),
      documents: createDocumentStore(manager),
    })
  },
  { name: 'database-manager', dependencies: ['telemetry'] },
)
