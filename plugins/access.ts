import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import access from './access/access.ts'
import failureDelay from './access/failure-delay.ts'
import origins from './access/origins.ts'
import rateLimit from './access/rate-limit.ts'
import securityEvents from './access/security-events.ts'

/**
 * Who may do what, and how often: origins, keys, roles, rates.
 *
 * Needs `edge` and `observe`. Gives the caller of each request.
 */
export function registerAccess(app: FastifyInstance, { config }: { readonly config: Config }): void {
  app.register(securityEvents)
  app.register(origins, { config })
  app.register(failureDelay)
  app.register(rateLimit, { config })
  app.register(access, { config })
}
