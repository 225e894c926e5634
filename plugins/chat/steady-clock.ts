import { uptime } from 'node:os'
import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'
import { keepClock, readBootId, readKeptClock } from '../../src/sessions/kept-clock.ts'
import { createSteadyClock, type SteadyClock } from '../../src/sessions/steady-clock.ts'

declare module 'fastify' {
  interface FastifyInstance {
    steadyClock: Pick<SteadyClock, 'now' | 'toWall'>
  }
}

/** A jump is reported, and a sleep of the machine counted, after at most this time. */
const CHECK_INTERVAL_MS = 30_000

/** The clock of idle times and keys, which only moves forward. Reports jumps of the system's. */
export default fp<{ readonly config: Pick<Config, 'dataDir'> }>(
  async (fastify, { config: { dataDir } }) => {
    const log = fastify.log.child({ module: 'session_manager' })
    const machine = { wall: Date.now, uptime: () => uptime() * 1000, monotonic: () => performance.now(), bootId: readBootId() }
    const clock = createSteadyClock(machine, readKeptClock(dataDir))

    async function check(): Promise<void> {
      const jumpMs = clock.check()
      if (jumpMs !== 0) {
        log.warn({ function: 'check_clock', jump_ms: jumpMs }, 'System clock jumped: idle times are not affected')
        // Not awaited: a disk of the trail that hangs must not stop this check, or delay the stop.
        void fastify.audit.record('clock_jumped', { jump_ms: jumpMs })
      }
      await keepClock(dataDir, clock.read()).catch(err => {
        // Only a start after the next boot would need it.
        log.debug({ function: 'keep_clock', err }, 'Clock not kept')
      })
    }

    fastify.decorate('steadyClock', clock)
    const job = fastify.background.repeat(CHECK_INTERVAL_MS, 'clock_check', check)
    // Runs after the hook of the audit plugin, a dependency, which records the start.
    fastify.addHook('onListen', async () => job.runNow())
  },
  { name: 'steady-clock', dependencies: ['audit', 'background'] },
)
