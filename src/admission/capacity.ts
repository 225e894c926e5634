/** What the server can do, as measured while it is busy. */
export interface Capacity {
  /** Counts a completed request. `inFlight` is the number of the others that are in progress. */
  complete(inFlight: number): void
  /** Requests per second that the server completes while it is busy. */
  readonly perSecond: number
}

/** Short, to follow a change; in one slot a server with the initial capacity completes 64. */
const SLOT_MS = 100
/** Weight of a slot in the average: a change of the capacity is followed in half a second. */
const WEIGHT = 0.3
/** With fewer requests in progress, the server may have waited for requests. */
const BUSY = 16

/**
 * Measures the capacity as the moving average of requests completed in 100 ms. A slot in which the
 * server was not busy says nothing about it and is left out.
 * @param now A monotonic clock in milliseconds.
 */
export function createCapacity(initialPerSecond: number, now: () => number): Capacity {
  let perSecond = initialPerSecond
  let slot = createSlot(now())

  return {
    complete(inFlight) {
      const time = now()
      const tookMs = time - slot.startedAt
      if (tookMs >= SLOT_MS) {
        if (slot.leastInFlight >= BUSY) perSecond += WEIGHT * ((slot.completed * 1000) / tookMs - perSecond)
        slot = createSlot(time)
      }
      slot.completed++
      slot.leastInFlight = Math.min(slot.leastInFlight, inFlight)
    },
    get perSecond() {
      return perSecond
    },
  }
}

function createSlot(startedAt: number) {
  return { startedAt, completed: 0, leastInFlight: Number.POSITIVE_INFINITY }
}
