import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** How long work that is done in slices may hold a turn of the event loop. */
    turnLength: {
      readonly ms: () => number
      /** Shortens the turns of the next 20 ms: others wait for them. */
      readonly shorten: () => void
    }
  }
}

/** A commit of the database serves all turns of conversations that a slice has answered. */
const USUAL_MS = 8
/**
 * While connections arrive, because a turn accepts one of those that wait, and while requests are
 * refused, because these and probes wait for a turn.
 */
const SHORT_MS = 3
/** How long the next one is expected. */
const WINDOW_MS = 20

/** Shortens the turns of the event loop while clients connect or are refused. */
export default fp(
  async fastify => {
    let shortUntil = Number.NEGATIVE_INFINITY
    const shorten = () => {
      shortUntil = performance.now() + WINDOW_MS
    }
    fastify.server.on('connection', shorten)
    fastify.decorate('turnLength', { ms: () => (performance.now() < shortUntil ? SHORT_MS : USUAL_MS), shorten })
  },
  { name: 'turn-length' },
)
