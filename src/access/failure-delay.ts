import { LRUCache } from 'lru-cache'

export interface FailureDelayOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly setTimer: (run: () => void, afterMs: number) => void
  /** Called for each reply that is delayed. */
  readonly onDelay: () => void
}

const WINDOW_MS = 60_000
/** Failures of a client in a minute that are answered at once. */
const FREE_FAILURES = 5
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 5000
/** Replies that wait at once. Each holds a connection. */
const MAX_DELAYED = 64
/** Clients that are remembered; about 1 MB. */
const MAX_REMEMBERED = 10_000

/**
 * Creates a function that sends the reply to a failed authentication. The sixth of a client in a
 * minute is 100 ms late, each further one twice as late, up to 5 s. While 64 replies wait, others
 * are sent at once.
 */
export function createFailureDelay({ now, setTimer, onDelay }: FailureDelayOptions) {
  const clients = new LRUCache<string, { readonly since: number; count: number }>({ max: MAX_REMEMBERED })
  let delayed = 0

  function countFailure(client: string): number {
    const kept = clients.get(client)
    const failures = kept !== undefined && now() - kept.since < WINDOW_MS ? kept : { since: now(), count: 0 }
    clients.set(client, failures)
    return ++failures.count
  }

  return function fail(client: string, reply: () => void): void {
    const excess = countFailure(client) - FREE_FAILURES
    if (excess <= 0 || delayed === MAX_DELAYED) {
      reply()
      return
    }
    delayed++
    onDelay()
    const release = () => {
      delayed--
      reply()
    }
    setTimer(release, Math.min(FIRST_DELAY_MS * 2 ** (excess - 1), MAX_DELAY_MS))
  }
}
