import fp from 'fastify-plugin'
import { USUAL_SLICE_MS } from '../http/connections/slice-queue.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How long a slice of work may hold the event loop. */
    loopSlice: {
      readonly ms: () => number
      /** Shortens the slices of the next 20 ms: others wait for them. */
      readonly shorten: () => void
    }
  }
}

/**
 * While connections arrive, because one of those that wait is accepted between two slices, and
 * while requests are refused, because these and probes wait for the end of a slice.
 */
const SHORT_MS = 3
/** How long the next one is expected. */
const WINDOW_MS = 20

/** Shortens the slices of work while clients connect or are refused. */
export default fp(
  async fastify => {
    let shortUntil = Number.NEGATIVE_INFINITY
    const shorten = () => {
      shortUntil = performance.now() + WINDOW_MS
    }
    fastify.server.on('connection', shorten)
    fastify.decorate('loopSlice', { ms: () => (performance.now() < shortUntil ? SHORT_MS : USUAL_SLICE_MS), shorten })
  },
  { name: 'loop-slice' },
)
