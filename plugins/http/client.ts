import type { FastifyRequest } from 'fastify'

/**
 * Headers that a proxy adds. With one of them, the caller is behind the proxy and may be on any
 * machine.
 */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** Whether an address is a loopback address: 127.0.0.0/8, ::1, or an IPv4-mapped 127.0.0.0/8. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i.test(address)
}

/**
 * Whether a request comes from this machine: over a loopback connection, without a proxy, and to a
 * loopback host name. The last condition stops DNS rebinding, where a web page resolves its own
 * name to this machine.
 */
export function isLocalCaller({ socket, headers, hostname }: FastifyRequest): boolean {
  const isForwarded = FORWARDING_HEADERS.some(name => headers[name] !== undefined)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return isLoopback(socket.remoteAddress) && !isForwarded && (host === 'localhost' || isLoopback(host))
}

/** The client in logs and audit records: `loopback`, or the pseudonym of its address. */
export function describeClient(address: string | undefined, pseudonym: (identity: string) => string): string {
  return isLoopback(address) ? 'loopback' : pseudonym(address ?? 'unknown')
}
