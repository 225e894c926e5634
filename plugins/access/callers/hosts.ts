import { isLoopbackHost } from '../../../src/base/loopback.ts'

/**
 * Creates a function that says whether a `Host` header is allowed: a host of this list, or a
 * loopback host. A web page that lets its own name point to this machine (DNS rebinding) sends its
 * name.
 * @param hosts Names or addresses without ports, separated by commas.
 */
export function createHostCheck(hosts: string): (header: string) => boolean {
  const allowed = new Set(
    hosts
      .split(',')
      .map(host => host.trim().toLowerCase())
      .filter(Boolean),
  )
  return header => {
    const host = nameOf(header.toLowerCase())
    return allowed.has(host) || isLoopbackHost(host)
  }
}

/** The host of a `Host` header, without port and without the brackets of an IPv6 address. */
function nameOf(header: string): string {
  const [, address] = /^\[([^\]]*)\](?::\d*)?$/.exec(header) ?? []
  return address ?? header.replace(/:\d*$/, '')
}
