import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import type { LogState } from '../src/logging/writing/log-transport.ts'
import databaseCheck from './store/database-check.ts'
import databaseManager from './store/database-manager.ts'
import logErasure from './store/log-erasure.ts'
import turnRetention from './store/turn-retention.ts'

interface StoreOptions {
  readonly config: Config
  readonly logState: (() => LogState) | undefined
}

/**
 * The database, its checks, and what is erased from it and from the log.
 *
 * Needs `edge` and `observe`. Gives the stores of documents, sessions and turns.
 */
export function registerStore(app: FastifyInstance, { config, logState }: StoreOptions): void {
  app.register(databaseManager, { config })
  app.register(databaseCheck, { config })
  app.register(logErasure, { config, logState })
  app.register(turnRetention, { config })
}
