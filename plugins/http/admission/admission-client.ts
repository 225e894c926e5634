import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../client.ts'

/** Routes whose requests may each come from another client of this machine. */
const OPEN_ROUTES = new Set<string | undefined>(['/chat', '/sessions', undefined])

/**
 * The client that a request comes from, as far as its head shows: the address, or on this machine
 * the session or route. Undefined for a route whose requests may each come from another one.
 */
export function clientOf({ socket, routeOptions, params }: FastifyRequest): string | undefined {
  const address = socket.remoteAddress
  if (!isLoopback(address)) return address
  const { url } = routeOptions
  if (OPEN_ROUTES.has(url)) return undefined
  return url?.startsWith('/sessions/:id') ? (params as { readonly id: string }).id : url
}

/** The session that a body of `POST /chat` names; undefined if it names none. */
export function sessionOf(body: unknown): string | undefined {
  const id = typeof body === 'object' && body !== null && 'session_id' in body ? body.session_id : undefined
  return typeof id === 'string' ? id : undefined
}
