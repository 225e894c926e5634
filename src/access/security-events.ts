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

/** One of the events of a client and kind in a minute. */
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

export interface SecurityEvents<Facts> {
  /** Returns whether the client did it often enough for an event. */
  note(kind: SecurityEventKind, client: string, facts: Facts): boolean
  /**
   * Reports the last event of each client and kind that has more than were reported, and was last
   * reported a minute ago or earlier. @param isLast Reports those of the current minute too.
   */
  flush(isLast?: boolean): void
}

interface Seen<Facts> {
  readonly kind: SecurityEventKind
  /** When the minute began. */
  since: number
  count: number
  reportedAt: number
  repeated: number
  /** Of the last event. */
  facts: Facts
}

const WINDOW_MS = 60_000
/** Clients and kinds that are remembered; about 2 MB. */
const MAX_REMEMBERED = 10_000

/**
 * Creates a function that reports the first event of each client and kind in a minute. The others
 * are counted in one more report: the next event after the minute, or `flush`. A flood of events
 * cannot fill the log or the audit trail, and none is lost if the client stops.
 */
export function createSecurityEvents<Facts>({ now, report }: SecurityEventsOptions<Facts>): SecurityEvents<Facts> {
  const clients = new LRUCache<string, Seen<Facts>>({ max: MAX_REMEMBERED })

  function note(kind: SecurityEventKind, client: string, facts: Facts): boolean {
    const id = `${kind} ${client}`
    const time = now()
    const seen = clients.get(id) ?? { kind, facts, since: time, count: 0, reportedAt: Number.NEGATIVE_INFINITY, repeated: 0 }
    clients.set(id, seen)
    if (time - seen.since >= WINDOW_MS) Object.assign(seen, { since: time, count: 0 })
    seen.count++
    if (seen.count < THRESHOLDS[kind]) return false
    Object.assign(seen, { facts, repeated: seen.repeated + 1 })
    if (time - seen.reportedAt >= WINDOW_MS) tell(seen, time)
    return true
  }

  function tell(seen: Seen<Facts>, time: number): void {
    report({ kind: seen.kind, repeated: seen.repeated - 1 }, seen.facts)
    Object.assign(seen, { reportedAt: time, repeated: 0 })
  }

  function flush(isLast = false): void {
    const time = now()
    for (const seen of clients.values())
      if (seen.repeated > 0 && (isLast || time - seen.reportedAt >= WINDOW_MS)) tell(seen, time)
  }

  return { note, flush }
}
