import fp from 'fastify-plugin'
import type { Logger } from 'pino'
import { ChatError } from '../../src/errors.ts'
import type { LevelControl, LevelOverride } from '../../src/logging/level-control.ts'
import { levelMethod } from '../../src/logging/record/levels.ts'

declare module 'fastify' {
  interface FastifyInstance {
    logLevel: {
      /** Returns the base level and the active overrides, those of modules first. */
      show(): Pick<LevelControl, 'base' | 'overrides'>
      /**
       * Changes the level of all lines or a module for some minutes.
       * @throws {ChatError} VALIDATION_ERROR if there are too many overrides; AUDIT_UNAVAILABLE.
       */
      change(change: LevelChange): Promise<void>
    }
  }
}

type LevelChange = Omit<LevelOverride, 'until'> & { readonly minutes: number }
type Options = { readonly logger: Logger; readonly levels: LevelControl }

const MINUTE_MS = 60_000

/**
 * Temporary log levels. Each override expires on its own, and the logger's level follows the lowest
 * one in force.
 */
export default fp<Options>(
  async (fastify, { logger, levels }) => {
    const log = fastify.log.child({ module: 'log_level' })
    let timer: NodeJS.Timeout | undefined

    function apply(): void {
      logger.level = levelMethod(levels.lowest)
      clearTimeout(timer)
      if (levels.overrides.length === 0) return
      const next = Math.min(...levels.overrides.map(({ until }) => until))
      timer = setTimeout(expire, Math.max(0, next - Date.now())).unref()
    }

    function expire(): void {
      for (const override of levels.expire(Date.now())) {
        void fastify.audit.record('log_level_fell_back', describe(override))
        log.info({ function: 'expire', ...scopeOf(override), base_level: levels.base }, 'Log level override expired')
      }
      apply()
    }

    async function change({ minutes, ...scope }: LevelChange): Promise<void> {
      const override = { ...scope, until: Date.now() + minutes * MINUTE_MS }
      if (!levels.hasRoomFor(override)) throw new ChatError('VALIDATION_ERROR', { message: TOO_MANY })
      await fastify.audit.record('log_level_changed', { ...describe(override), minutes })
      levels.add(override)
      apply()
      log.info({ function: 'change', ...scopeOf(override), new_level: override.level, minutes }, 'Log level changed')
    }

    fastify.decorate('logLevel', { show: () => levels, change })
    fastify.addHook('onClose', async () => clearTimeout(timer))
  },
  { name: 'log-level', dependencies: ['audit'] },
)

const TOO_MANY = 'Too many log level overrides are active: 100 is the limit. Wait until one expires, or replace one.'

function describe(override: LevelOverride) {
  return { level: override.level, ...scopeOf(override), until: new Date(override.until).toISOString() }
}

/** The key differs from `module`, which is that of the line itself. */
function scopeOf({ module }: LevelOverride) {
  return { of_module: module }
}
