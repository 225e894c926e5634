import type { FastifyRequest } from 'fastify'

/** What a proxy adds: the caller is behind it, and may be anywhere. */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** Whether an address is this machine's own, as 127.0.0.0/8, ::1, or the former written as the latter. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i.test(address)
}

/**
 * Whether a request comes from this machine itself: its socket does, no proxy on this machine handed it on, and it was addressed to a loopback
 * name, which a page in somebody's browser that has its own name resolve to this machine cannot pretend.
 */
export function isLocalCaller({ socket, headers, hostname }: FastifyRequest): boolean {
  const isForwarded = FORWARDING_HEADERS.some(name => headers[name] !== undefined)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return isLoopback(socket.remoteAddress) && !isForwarded && (host === 'localhost' || isLoopback(host))
}
