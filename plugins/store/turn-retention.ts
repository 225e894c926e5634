import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { runTurnRetention } from '../../src/database/privacy/turn-retention.ts'
import {
  isPlausible,
  LAST_TURN_RUN_FILE,
  MAX_PAUSE_MS,
  readLastRun,
  recordLastRun,
} from '../../src/logging/retention/last-run.ts'

type Options = { readonly config: Pick<Config, 'dataDir' | 'turnRetentionDays' | 'factRetentionDays'> }

const INTERVAL_MS = 3_600_000

/** Erases the text of old turns and deletes older ones, at start and every hour. */
export default fp<Options>(
  async (fastify, { config }) => {
    const { dataDir, turnRetentionDays: textDays, factRetentionDays: factDays } = config
    if (textDays === undefined && factDays === undefined) return
    const { audit, background, databaseManager } = fastify
    const log = fastify.log.child({ module: 'database_manager', function: 'retain' })
    /** When turns were first held off, by a clock that cannot jump. */
    let heldOffAt: number | undefined

    async function retain(): Promise<void> {
      const { texts, turns, heldOffSince, ranAt } = await runTurnRetention({
        database: databaseManager.manager,
        textDays,
        factDays,
        now: Date.now,
        startedAt: performance.timeOrigin,
        lastRun: readLastRun(dataDir, LAST_TURN_RUN_FILE),
        isPlausible,
        // The operator has seen the warning and has not set the clock.
        confirmed: heldOffAt !== undefined && performance.now() - heldOffAt > MAX_PAUSE_MS,
        signal: background.closing,
      })
      if (ranAt !== undefined && !background.closing.aborted) recordLastRun(dataDir, ranAt, LAST_TURN_RUN_FILE)
      if (texts + turns > 0) {
        log.info({ texts, turns }, 'Old turns erased and deleted')
        await audit.record('turns_pruned', { texts, turns })
      }
      if (heldOffSince !== undefined && heldOffAt === undefined) {
        const known_time = new Date(heldOffSince).toISOString()
        log.warn({ known_time }, 'Turns kept, the clock may have jumped: check it, then run pellucid privacy prune --yes')
        await audit.record('turns_held_off', { known_time })
      }
      heldOffAt = heldOffSince && (heldOffAt ?? performance.now())
    }

    const job = background.repeat(INTERVAL_MS, 'turn_retention', retain)
    fastify.addHook('onListen', async () => job.runNow())
  },
  { name: 'turn-retention', dependencies: ['audit', 'background', 'database-manager'] },
)
