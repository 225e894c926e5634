import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import admission from './edge/admission.ts'
import background from './edge/background.ts'
import closing from './edge/closing.ts'
import connectionLimit from './edge/connection-limit.ts'
import errorHandler from './edge/error-handler.ts'
import forwarding from './edge/forwarding.ts'
import heldBytes from './edge/held-bytes.ts'
import pipelining from './edge/pipelining.ts'
import protocolChecks from './edge/protocol-checks.ts'
import pseudonym from './edge/pseudonym.ts'
import securityHeaders from './edge/security-headers.ts'
import spanRules from './edge/span-rules.ts'
import telemetry from './edge/telemetry.ts'
import underPressure from './edge/under-pressure.ts'
import validation from './edge/validation.ts'

/**
 * What each request passes, in the order of its hooks: connections, limits, the span and the line
 * of the request, errors, the body.
 *
 * Needs nothing. Gives pseudonyms, background work and telemetry of requests to all others.
 */
export function registerEdge(app: FastifyInstance, { config }: { readonly config: Config }): void {
  app.register(pipelining)
  app.register(closing)
  app.register(pseudonym, { config })
  app.register(spanRules)
  // Before telemetry, so that a refusal costs as little as possible.
  app.register(admission)
  app.register(telemetry, { config })
  app.register(securityHeaders)
  app.register(errorHandler)
  app.register(forwarding, { config })
  app.register(protocolChecks)
  app.register(heldBytes)
  app.register(validation)
  app.register(underPressure, { config })
  app.register(background)
  app.register(connectionLimit, { config })
}
