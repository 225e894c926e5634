import fp from 'fastify-plugin'
import { observe, observeAll, recordRefusal, recordRequest } from '../otel/recording.ts'
import { createAdmission } from '../src/admission/admission.ts'
import { createRefusalReport } from '../src/admission/refusal-report.ts'
import { ChatError } from '../src/errors.ts'
import { clientOf, sessionOf } from './http/admission/admission-client.ts'
import { sendRefusal } from './http/admission/refusal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back the place of the request; undefined if it has none. */
    leaveAdmission: (() => void) | undefined
  }
}

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
        const facts = { function: 'refuse', refused: limit + share, by_share: share, in_flight: admission.inFlight }
        log.warn({ ...facts, limit: admission.limit }, 'Requests refused')
      },
    })

    fastify.decorateRequest('leaveAdmission')
    fastify.addHook('onRequest', (request, reply, done) => {
      const { probed, url } = { ...request.routeOptions.config, url: request.routeOptions.url }
      // Those that are too many on their connection get 429 and close it.
      const isExempt = probed || fastify.pipelining.isRefused(request)
      const reason = isExempt ? undefined : admission.refusalOf(clientOf(request))
      if (reason === undefined) return done()
      const { status, code } = sendRefusal(request, reply, admission.refuse())
      recordRequest(url, status, reply.elapsedTime, code)
      recordRefusal(reason)
      report(reason)
    })
    fastify.addHook('preValidation', (request, _reply, done) => {
      if (request.routeOptions.config.probed) return done()
      const client = clientOf(request) ?? sessionOf(request.body)
      const reason = admission.refusalOf(client)
      if (reason === undefined) request.leaveAdmission = admission.admit(client)
      else {
        recordRefusal(reason)
        report(reason)
      }
      done(reason && new ChatError('OVERLOADED', { retryAfterS: admission.refuse(), facts: { reason } }))
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
  { name: 'admission', dependencies: ['pipelining'] },
)
