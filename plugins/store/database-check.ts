import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observe } from '../../otel/recording.ts'
import { roundMs } from '../../src/base/round-ms.ts'
import type { Config } from '../../src/config.ts'
import { checkDatabase } from '../../src/database/files/database-check.ts'
import { messageOf } from '../../src/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The last check of the structure of the database, for `/health/ready`. */
    databaseCheck: { readonly ok: boolean; readonly detail: string }
  }
}

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
/** Descriptions of damage in a log line. */
const LOGGED_PROBLEMS = 10

/**
 * Looks for damage of the database at the start and every week. A check that could not be done is
 * done again after an hour.
 */
export default fp<{ readonly config: Pick<Config, 'dataDir'> }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'database_manager', function: 'check' })
    let problemCount: number | undefined
    /** False also if the check failed: damage may end the process that looks for it. */
    let ok = true
    let detail = 'not checked yet'
    let dueAt = performance.now()

    async function check(): Promise<void> {
      const startedAt = performance.now()
      if (startedAt < dueAt) return
      try {
        const problems = await checkDatabase(join(config.dataDir, 'pellucid.sqlite'), fastify.background.closing)
        const [first] = problems
        problemCount = problems.length
        ok = first === undefined
        detail = `checked at ${new Date().toISOString()}: ${ok ? 'no damage' : `damaged: ${first}`}`
        dueAt = startedAt + WEEK_MS
        const facts = { problems: problems.slice(0, LOGGED_PROBLEMS), took_ms: roundMs(performance.now() - startedAt) }
        if (ok) log.info(facts, 'Database checked')
        else log.fatal(facts, 'Database damaged: restore a backup')
      } catch (err) {
        if (fastify.background.closing.aborted) return
        ok = false
        detail = `the last check failed: ${messageOf(err)}`
        log.error({ err }, 'Database check failed')
      }
    }

    fastify.decorate('databaseCheck', {
      get ok() {
        return ok
      },
      get detail() {
        return detail
      },
    })
    const job = fastify.background.repeat(HOUR_MS, 'database_check', check)
    // Not before: the check would compete with the start for the disk.
    fastify.addHook('onListen', async () => job.runNow())
    fastify.addHook(
      'onClose',
      observe('chatbot_database_problems', () => problemCount),
    )
  },
  { name: 'database-check', dependencies: ['background'] },
)
