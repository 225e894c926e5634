import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observe } from '../otel/recording.ts'
import type { Config } from '../src/config.ts'
import { checkDatabase } from '../src/database/files/database-check.ts'
import { messageOf } from '../src/errors.ts'
import { roundMs } from '../src/round-ms.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The last check of the structure of the database, for `/health/ready`. */
    databaseCheck: { readonly ok: boolean; readonly detail: string }
  }
}

const WEEK_MS = 7 * 24 * 3_600_000
/** Descriptions of damage in a log line. */
const LOGGED_PROBLEMS = 10

/** Looks for damage of the database at the start and every week. */
export default fp<{ readonly config: Pick<Config, 'dataDir'> }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'database_manager', function: 'check' })
    let problemCount: number | undefined
    /** Damage may end the process that looks for it. */
    let hasFailed = false
    let detail = 'not checked yet'

    async function check(): Promise<void> {
      const startedAt = performance.now()
      try {
        const problems = await checkDatabase(join(config.dataDir, 'pellucid.sqlite'), fastify.background.closing)
        const [first] = problems
        problemCount = problems.length
        hasFailed = false
        detail = `checked at ${new Date().toISOString()}: ${first === undefined ? 'no damage' : `damaged: ${first}`}`
        const facts = { problems: problems.slice(0, LOGGED_PROBLEMS), took_ms: roundMs(performance.now() - startedAt) }
        if (problemCount > 0) log.fatal(facts, 'Database damaged: restore a backup')
        else log.info(facts, 'Database checked')
      } catch (err) {
        if (fastify.background.closing.aborted) return
        hasFailed = true
        detail = `the last check failed: ${messageOf(err)}`
        log.error({ err }, 'Database check failed')
      }
    }

    fastify.decorate('databaseCheck', {
      get ok() {
        return !hasFailed && (problemCount ?? 0) === 0
      },
      get detail() {
        return detail
      },
    })
    const job = fastify.background.repeat(WEEK_MS, 'database_check', check)
    // Not before: the check would compete with the start for the disk.
    fastify.addHook('onListen', async () => job.runNow())
    fastify.addHook(
      'onClose',
      observe('chatbot_database_problems', () => problemCount),
    )
  },
  { name: 'database-check', dependencies: ['background'] },
)
