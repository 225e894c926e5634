import { isIP, isIPv4 } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../../../src/base/loopback.ts'

/** Bits of an IPv6 address that its network provider assigns; a client chooses the others. */
const IPV6_PREFIX = 64

/** An address as some proxies report it: with its port, or in brackets. */
const DECORATED = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i

/**
 * The address of the client: of the connection, or behind a trusted proxy the one that it reports,
 * if that is an address. Undefined if the connection is closed.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string | undefined {
  const [, ipv6, ipv4] = DECORATED.exec(ip) ?? []
  const address = ipv6 ?? ipv4 ?? ip
  return isIP(address) === 0 ? socket.remoteAddress : address
}

/** The network of the client: its IPv4 address, or the first 64 bits of its IPv6 address. */
export function networkOf(request: Pick<FastifyRequest, 'ip' | 'socket'>): string | undefined {
  return networkOfAddress(addressOf(request))
}

/** The same of an address. */
export function networkOfAddress(address: string | undefined): string | undefined {
  return address === undefined || isIPv4(address) ? address : normalizeIP(address, IPV6_PREFIX)
}

/** The client that a session counts for: an application, or the pseudonym of a network. */
export function nameOpener(request: FastifyRequest, pseudonym: (identity: string) => string): string {
  return request.caller.application ?? describeClient(networkOf(request), pseudonym)
}

/** The client in logs and audit records: `loopback`, or the pseudonym of its address. */
export function describeClient(address: string | undefined, pseudonym: (identity: string) => string): string {
  return isLoopback(address) ? 'loopback' : pseudonym(address ?? 'unknown')
}
