declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is polled by other programs: it has no span, and its log line is at DEBUG. */
    probed?: boolean
  }
}

/**
 * Route config of endpoints that other programs poll: not traced, logged at DEBUG, and served under
 * pressure too.
 */
export const PROBED = { probed: true, pressureHandler: () => undefined } as const
