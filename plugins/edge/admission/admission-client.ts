import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../../src/access/keyring.ts'
import { isLoopback } from '../../../src/base/loopback.ts'
import { networkOf } from '../../access/callers/client.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back the place of the request; undefined if it has none. */
    leaveAdmission: (() => void) | undefined
  }
}

/** Requests of a client that may be in progress. Browsers send six at once to a server. */
const MAX_IN_FLIGHT = 64
/** Routes whose requests may each come from another client of this machine. */
const OPEN_ROUTES = new Set<string | undefined>(['/chat', '/sessions', undefined])

/**
 * The client that a request comes from, and how many of its requests may be in progress: the
 * application of its key or, as far as is known, the network. On this machine and without a key it
 * is the session or the route, and not limited; undefined for a route whose requests may each come
 * from another client.
 */
export function clientOf(request: FastifyRequest): { readonly client?: string; readonly maxInFlight: number } {
  // Undefined until the key was checked.
  const application = (request.caller as Caller | undefined)?.application
  const client = application ?? networkOf(request)
  if (application !== undefined || !isLoopback(client)) return { client, maxInFlight: MAX_IN_FLIGHT }
  const { routeOptions, params, body } = request
  const { url } = routeOptions
  const isOfSession = url?.startsWith('/sessions/:id')
  const known = OPEN_ROUTES.has(url) ? sessionOf(body) : isOfSession ? (params as { readonly id: string }).id : url
  return { client: known, maxInFlight: Number.POSITIVE_INFINITY }
}

/** The session that a body of `POST /chat` names, once it has been read. */
function sessionOf(body: unknown): string | undefined {
  const id = typeof body === 'object' && body !== null && 'session_id' in body ? body.session_id : undefined
  return typeof id === 'string' ? id : undefined
}
