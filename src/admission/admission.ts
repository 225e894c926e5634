import { createCapacity } from './capacity.ts'

/**
 * Why a request is refused: `limit` if the server has too many in progress, `share` if the client
 * has.
 */
export type RefusalReason = 'limit' | 'share'

/** Decides which requests are processed while the server is overloaded. */
export interface Admission {
  /**
   * Why a request cannot be admitted now; undefined if it can. Cost: constant, 0.1 µs.
   * @param client Undefined if the request is the first one of its client.
   * @param maxShare Places that the client may have, however many are free.
   */
  refusalOf(client: string | undefined, maxShare?: number): RefusalReason | undefined
  /** Takes a place. The returned function gives it back, and may be called twice. */
  admit(client: string | undefined): () => void
  /**
   * The seconds after which a client that is refused now may try again. Each call counts a refusal:
   * as many clients get each second as the server can serve in it, if the load exceeds the capacity
   * as it does now.
   */
  retryAfterS(): number
  /** Requests that have a place. */
  readonly inFlight: number
  /** Places. */
  readonly limit: number
}

/** How long admitted requests wait for each other when all places are taken. */
const TARGET_S = 0.25
/** More than the 32 connections at which the server reaches its peak. */
const MIN_PLACES = 64
/** As many questions as may wait for a worker. */
const MAX_PLACES = 1000
/** All places, until the capacity is measured. */
const INITIAL_PER_SECOND = MAX_PLACES / TARGET_S
/** Places that a client may have even if none but these are free. */
const MIN_SHARE = 4
/** Above this load, clients are asked to wait for half a minute, not for longer. */
const MAX_RETRY_S = 30
const WINDOW_MS = 1000

/**
 * Creates an admission with as many places as the server completes requests in 0.25 s, which bounds
 * the time in the server by Little's law. A client may have as many places as are free, so one
 * client gets half of them, and n clients that want all get 1/(n + 1) each: a new one always finds
 * some. (Choudhury and Hahne, Dynamic Queue Length Thresholds, 1998.)
 * @param now A monotonic clock in milliseconds.
 */
export function createAdmission(now: () => number): Admission {
  const capacity = createCapacity(INITIAL_PER_SECOND, now)
  const placesOf = new Map<string, number>()
  let inFlight = 0
  let refusals = 0
  let windowStart = now()
  let refusedInWindow = 0
  /** Seconds over which clients are spread. */
  let spreadS = 1

  const limit = () => Math.min(MAX_PLACES, Math.max(MIN_PLACES, Math.round(capacity.perSecond * TARGET_S)))

  function give(client: string): void {
    const places = (placesOf.get(client) ?? 0) - 1
    if (places > 0) placesOf.set(client, places)
    else placesOf.delete(client)
  }

  return {
    refusalOf(client, maxShare = Number.POSITIVE_INFINITY) {
      const free = limit() - inFlight
      if (free <= 0) return 'limit'
      const own = client === undefined ? 0 : (placesOf.get(client) ?? 0)
      return own >= Math.min(maxShare, Math.max(MIN_SHARE, free)) ? 'share' : undefined
    },

    admit(client) {
      inFlight++
      if (client !== undefined) placesOf.set(client, (placesOf.get(client) ?? 0) + 1)
      let isIn = true
      return () => {
        if (!isIn) return
        isIn = false
        inFlight--
        if (client !== undefined) give(client)
        capacity.complete(inFlight)
      }
    },

    retryAfterS() {
      const tookMs = now() - windowStart
      if (tookMs >= WINDOW_MS) {
        const perSecond = (refusedInWindow * 1000) / tookMs
        spreadS = Math.min(MAX_RETRY_S, Math.max(1, Math.ceil(perSecond / capacity.perSecond)))
        windowStart = now()
        refusedInWindow = 0
      }
      refusedInWindow++
      return 1 + (refusals++ % spreadS)
    },

    get inFlight() {
      return inFlight
    },
    get limit() {
      return limit()
    },
  }
}
