import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { claimLogErasure, readLogErasures } from '../../src/database/privacy/log-erasures.ts'
import { flushLog } from '../../src/logging/erasure/flush.ts'
import { eraseFromLog } from '../../src/logging/erasure/log-erasure.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'

interface Options {
  readonly config: Pick<Config, 'dataDir' | 'logDir'>
  readonly logState?: () => LogState
  /** Milliseconds, monotonic. Default: `performance.now`. */
  readonly now?: () => number
}

const INTERVAL_MS = 1000
/** After a file failed: each attempt reads all of them. A new erasure does not wait. */
const RETRY_MS = 600_000

/**
 * Erases from the log files what was erased from the database, by this server or by a command. The
 * request that erased does not wait for it. A file that fails is tried again after ten minutes.
 */
export default fp<Options>(
  async (fastify, { config, logState, now = () => performance.now() }) => {
    const { background, pseudonym, databaseManager } = fastify
    const { manager } = databaseManager
    const log = fastify.log.child({ module: 'logging', function: 'erase' })
    let failure = { upTo: 0, at: Number.NEGATIVE_INFINITY }

    async function erase(): Promise<void> {
      const erasures = readLogErasures(manager)
      if (erasures === undefined) return
      erasures.names.forEach(manager.sessions.forget)
      if (erasures.upTo === failure.upTo && now() - failure.at < RETRY_MS) return
      const release = claimLogErasure(config.dataDir)
      if (release === undefined) return
      try {
        if (logState !== undefined) await flushLog(logState, background.closing)
        const names = new Set(erasures.names.flatMap(name => [name, pseudonym.session(name)]))
        const limits = { since: erasures.since, signal: background.closing }
        const { erased, failed } = await eraseFromLog({ dir: config.logDir, names, ...limits })
        for (const { file, err } of failed) log.error({ file, err }, 'Text not erased from a log file')
        if (failed.length > 0) failure = { upTo: erasures.upTo, at: now() }
        if (failed.length > 0 || background.closing.aborted) return
        await manager.write('finishLogErasures', erasures.upTo)
        log.info({ files: erased.length }, 'Text erased from log files')
      } finally {
        release()
      }
    }

    const job = background.repeat(INTERVAL_MS, 'log_erasure', erase)
    fastify.addHook('onListen', async () => job.runNow())
  },
  { name: 'log-erasure', dependencies: ['background', 'database-manager', 'pseudonym'] },
)
