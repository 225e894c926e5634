import fp from 'fastify-plugin'
import type { Logger } from 'pino'
import { ChatError } from '../../src/errors.ts'
import type { LevelControl, LevelOverride } from '../../src/logging/level-control.ts'
import { levelMethod } from '../../src/logging/record/levels.ts'

declare module 'fastify' {
  interface FastifyInstance {
    logLevel: {
      /** The level that holds where nothing else does, and what holds for a while, the most specific first. */
      show(): Pick<LevelControl, 'base' | 'overrides'>
      /**
       * Has everything, or one module, or one session log more or less for some minutes.
       * @throws {ChatError} VALIDATION_ERROR where there are too many of that already; AUDIT_UNAVAILABLE.
       */
      change(change: Omit<LevelOverride, 'until'> & { readonly minutes: number }): void
    }
  }
}

const MINUTE_MS = 60_000

/** Levels at run time: the logger lets through what the least level in force needs, and each change falls back when its time is over. */
export default fp<{ readonly logger: Logger; readonly levels: LevelControl }>(
  async (fastify, { logger, levels }) => {
    const log = fastify.log.child({ module: 'log_level' })
    let timer: NodeJS.Timeout | undefined

    /** Brings the logger to what is in force, and comes back when the next change is over. */
    function apply(): void {
      logger.level = levelMethod(levels.least)
      clearTimeout(timer)
      if (levels.overrides.length === 0) return
      const next = Math.min(...levels.overrides.map(({ until }) => until))
      timer = setTimeout(fallBack, Math.max(0, next - Date.now())).unref()
    }

    function fallBack(): void {
      for (const override of levels.expire(Date.now())) {
        fastify.audit.record('log_level_fell_back', describe(override))
        log.info({ function: 'fall_back', ...scopeOf(override), base_level: levels.base }, 'Log level fell back')
      }
      apply()
    }

    fastify.decorate('logLevel', {
      show: () => levels,
      change({ minutes, ...scope }) {
        const override = { ...scope, until: Date.now() + minutes * MINUTE_MS }
        if (!levels.hasRoomFor(override)) throw new ChatError('VALIDATION_ERROR', { message: 'Too many changes are in force' })
        fastify.audit.record('log_level_changed', { ...describe(override), minutes })
        levels.add(override)
        apply()
        log.info({ function: 'change', ...scopeOf(override), new_level: override.level, minutes }, 'Log level changed')
      },
    })
    fastify.addHook('onClose', async () => clearTimeout(timer))
  },
  { name: 'log-level', dependencies: ['audit'] },
)

function describe(override: LevelOverride) {
  return { level: override.level, ...scopeOf(override), until: new Date(override.until).toISOString() }
}

/** Under names of their own: a line's `module` and `session_id` are those of the line. */
function scopeOf({ module, sessionId }: LevelOverride) {
  return { of_module: module, of_session_id: sessionId }
}
