import type { FastifyRequest } from 'fastify'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Splits a list of origins, such as `https://app.example`, at its commas. */
export function parseOrigins(list: string): readonly string[] {
  return list
    .split(',')
    .map(origin => origin.trim().toLowerCase())
    .filter(Boolean)
}

/**
 * Creates a function that says whether a request may have been caused by a page of another site,
 * and would change something. The rules are those of `CrossOriginProtection` in Go's net/http:
 * browsers send `Sec-Fetch-Site`, and old ones `Origin`; other clients send neither.
 */
export function createCrossSiteCheck(origins: readonly string[]): (request: FastifyRequest) => boolean {
  const allowed = new Set(origins)
  return ({ method, headers }) => {
    if (SAFE_METHODS.has(method)) return false
    const { origin, host } = headers
    const site = headers['sec-fetch-site']
    if (origin === undefined && site === undefined) return false
    if (origin !== undefined && allowed.has(origin.toLowerCase())) return false
    if (site !== undefined) return site !== 'same-origin' && site !== 'none'
    return origin?.toLowerCase().replace(/^https?:\/\//, '') !== host?.toLowerCase()
  }
}
