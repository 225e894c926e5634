import fp from 'fastify-plugin'
import { recordSecurityEvent } from '../../otel/recording.ts'
import { createRepeatedEvents } from '../../src/access/repeated-events.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { toChatError } from '../edge/replies/error-reply.ts'
import { describeClient, networkOf } from './callers/client.ts'

/**
 * How often a client must do it in a minute to be reported: one unknown path is a mistake, many are
 * a search.
 */
const THRESHOLDS = {
  failed_authentication: 1,
  role_refused: 1,
  host_refused: 1,
  origin_refused: 1,
  rate_limited: 1,
  oversized_body: 1,
  probing: 20,
  id_guessing: 20,
} as const

const KINDS: Partial<Record<ErrorCode, keyof typeof THRESHOLDS>> = {
  UNAUTHENTICATED: 'failed_authentication',
  SIGNATURE_INVALID: 'failed_authentication',
  ACCESS_DENIED: 'role_refused',
  HOST_NOT_ALLOWED: 'host_refused',
  ORIGIN_NOT_ALLOWED: 'origin_refused',
  RATE_LIMITED: 'rate_limited',
  PAYLOAD_TOO_LARGE: 'oversized_body',
  ROUTE_NOT_FOUND: 'probing',
  METHOD_NOT_ALLOWED: 'probing',
  SESSION_NOT_FOUND: 'id_guessing',
  TURN_NOT_FOUND: 'id_guessing',
}

const FLUSH_INTERVAL_MS = 10_000

/**
 * Security events: errors of these codes are counted, and the first of a client and kind in a
 * minute is a log line and an audit record, which the others share.
 */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'access', function: 'refuse' })
    const events = createRepeatedEvents<keyof typeof THRESHOLDS, Record<string, unknown>>({
      now: () => performance.now(),
      thresholdOf: kind => THRESHOLDS[kind],
      report(event, facts) {
        log.warn({ ...event, ...facts }, 'Security event')
        void fastify.audit.record('security_event', { ...event, ...facts })
      },
    })
    const flush = (isLast?: boolean) => {
      events.flush(isLast)
      fastify.telemetry.logRepeated(isLast)
    }
    const timer = setInterval(() => flush(), FLUSH_INTERVAL_MS).unref()
    fastify.addHook('onClose', async () => {
      clearInterval(timer)
      flush(true)
    })

    fastify.addHook('onError', (request, _reply, thrown, done) => {
      const { code, facts } = toChatError(thrown)
      const kind = KINDS[code]
      // Requests that admission control refuses have no telemetry yet.
      if (kind !== undefined && request.telemetry !== undefined) {
        // Of the network: a client of IPv6 has many addresses.
        const client = describeClient(networkOf(request), fastify.pseudonym)
        const { method, routeOptions } = request
        if (events.note(kind, client, { client, method, route: routeOptions.url, ...facts })) recordSecurityEvent(kind)
      }
      done()
    })
  },
  { name: 'security-events', dependencies: ['audit', 'pseudonym', 'telemetry'] },
)
