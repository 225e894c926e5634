import { LRUCache } from 'lru-cache'

/**
 * How often a client must do it in a minute to be reported: one unknown path is a mistake, many are
 * a search.
 */
const THRESHOLDS = {
  failed_authentication: 1,
  role_refused: 1,
  host_refused: 1,
  origin_refused: 1,
  rate_limited: 1,
  oversized_body: 1,
  probing: 20,
  id_guessing: 20,
} as const

/** What a client did that an operator should know of. */
export type SecurityEventKind = keyof typeof THRESHOLDS

/** The first event of a client and kind in a minute. */
export interface SecurityEvent {
  readonly kind: SecurityEventKind
  /** Events of this client and kind since the last one that was reported, except for this one. */
  readonly repeated: number
}

export interface SecurityEventsOptions<Facts> {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly report: (event: SecurityEvent, facts: Facts) => void
}

interface Seen {
  /** When the minute began. */
  since: number
  count: number
  reportedAt: number
  repeated: number
}

const WINDOW_MS = 60_000
/** Clients and kinds that are remembered; about 2 MB. */
const MAX_REMEMBERED = 10_000

/**
 * Creates a function that reports the first event of each client and kind in a minute, and returns
 * whether there were enough for an event. The others are counted in the next one: a flood of events
 * cannot fill the log or the audit trail.
 */
export function createSecurityEvents<Facts>({ now, report }: SecurityEventsOptions<Facts>) {
  const clients = new LRUCache<string, Seen>({ max: MAX_REMEMBERED })
  return function note(kind: SecurityEventKind, client: string, facts: Facts): boolean {
    const id = `${kind} ${client}`
    const time = now()
    const seen = clients.get(id) ?? { since: time, count: 0, reportedAt: Number.NEGATIVE_INFINITY, repeated: 0 }
    clients.set(id, seen)
    if (time - seen.since >= WINDOW_MS) Object.assign(seen, { since: time, count: 0 })
    seen.count++
    if (seen.count < THRESHOLDS[kind]) return false
    if (time - seen.reportedAt < WINDOW_MS) {
      seen.repeated++
      return true
    }
    report({ kind, repeated: seen.repeated }, facts)
    Object.assign(seen, { reportedAt: time, repeated: 0 })
    return true
  }
}
