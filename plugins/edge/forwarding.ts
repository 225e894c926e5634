import fp from 'fastify-plugin'
import type { Config } from '../../src/config.ts'

/** Warns once if a proxy reports clients, but is not trusted to: all of them count as one. */
export default fp<{ readonly config: Pick<Config, 'trustProxy'> }>(
  async (fastify, { config }) => {
    if (config.trustProxy !== undefined) return
    const log = fastify.log.child({ module: 'access', function: 'check_forwarding' })
    let isReported = false
    fastify.addHook('onRequest', ({ headers }, _reply, done) => {
      if (!isReported && (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined) {
        isReported = true
        log.warn({ setting: 'TRUST_PROXY' }, 'Forwarding headers ignored: clients of a proxy count as one')
      }
      done()
    })
  },
  { name: 'forwarding' },
)
