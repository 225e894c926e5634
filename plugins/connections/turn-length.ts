import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** How long (ms) work that is done in slices may hold a turn of the event loop. */
    turnLengthMs(): number
  }
}

/** A commit of the database serves all turns of conversations that a slice has answered. */
const USUAL_MS = 8
/** While connections arrive: a turn accepts one of those that wait, also if it is of a probe. */
const SHORT_MS = 1
/** How long the next connection is expected after one. */
const ARRIVALS_MS = 20

/** Shortens the turns of the event loop while clients connect. */
export default fp(
  async fastify => {
    let lastArrival = Number.NEGATIVE_INFINITY
    fastify.server.on('connection', () => {
      lastArrival = performance.now()
    })
    fastify.decorate('turnLengthMs', () => (performance.now() - lastArrival < ARRIVALS_MS ? SHORT_MS : USUAL_MS))
  },
  { name: 'turn-length' },
)
