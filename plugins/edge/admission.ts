import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { observe, observeAll, recordRefusal, recordRequest } from '../../otel/recording.ts'
import { createAdmission, type RefusalReason } from '../../src/admission/admission.ts'
import { createRefusalReport } from '../../src/admission/refusal-report.ts'
import { ChatError } from '../../src/errors.ts'
import { clientOf } from './admission/admission-client.ts'
import { REFUSED, sendRefusal } from './admission/refusal.ts'

/**
 * Limits the requests in progress, in all and for each client, and refuses others before their
 * bodies are parsed. Probes are never refused. A place is taken when the body has arrived, and
 * given back when the reply is ready: slow clients hold none.
 */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'admission' })
    const admission = createAdmission(() => performance.now())
    const report = createRefusalReport({
      report({ limit, share }) {
        const { inFlight: in_flight, limit: places } = admission
        log.warn({ function: 'refuse', refused: limit + share, by_share: share, in_flight, limit: places }, 'Requests refused')
      },
    })

    function refusalOf(request: FastifyRequest): RefusalReason | undefined {
      const { client, maxInFlight } = clientOf(request)
      return admission.refusalOf(client, maxInFlight)
    }

    /** Counts a refusal, and returns the seconds after which the client may try again. */
    function refuse(reason: RefusalReason): number {
      recordRefusal(reason)
      report(reason)
      return admission.retryAfterS()
    }

    fastify.decorateRequest('leaveAdmission')
    fastify.addHook('onRequest', (request, reply, done) => {
      const { config, url } = request.routeOptions
      // Those that are too many on their connection get 429 and close it.
      const isExempt = config.probed || fastify.pipelining.isRefused(request)
      const reason = isExempt ? undefined : refusalOf(request)
      if (reason === undefined) return done()
      sendRefusal(request, reply, refuse(reason), fastify.closing.endsWith(request))
      recordRequest(url, REFUSED.status, reply.elapsedTime, REFUSED.code)
    })
    fastify.addHook('preValidation', (request, _reply, done) => {
      if (request.routeOptions.config.probed) return done()
      const reason = refusalOf(request)
      if (reason === undefined) request.leaveAdmission = admission.admit(clientOf(request).client)
      done(reason && new ChatError('OVERLOADED', { retryAfterS: refuse(reason), facts: { reason } }))
    })
    fastify.addHook('onSend', (request, _reply, payload, done) => {
      request.leaveAdmission?.()
      done(null, payload)
    })
    fastify.addHook(
      'onClose',
      observeAll([
        observe('chatbot_requests_in_flight', () => admission.inFlight),
        observe('chatbot_requests_in_flight_limit', () => admission.limit),
      ]),
    )
  },
  { name: 'admission', dependencies: ['pipelining', 'closing'] },
)
