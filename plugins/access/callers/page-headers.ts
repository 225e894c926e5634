/**
 * Options of @fastify/helmet for pages. They have policies of their own, and whether a host is
 * reached by HTTPS only is the proxy's to say.
 */
export const PAGE_HEADERS = { contentSecurityPolicy: false, strictTransportSecurity: false } as const

/** The documentation sets styles in elements, and sends the requests that a reader tries out. */
export const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
