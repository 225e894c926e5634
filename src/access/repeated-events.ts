import { LRUCache } from 'lru-cache'

/** One of the events of a client and kind in a minute. */
export interface RepeatedEvent<Kind> {
  readonly kind: Kind
  /** Events of this client and kind since the last one that was reported, except for this one. */
  readonly repeated: number
}

export interface RepeatedEventsOptions<Kind, Facts> {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Events of a client in a minute from which they are reported. Default: 1 for each kind. */
  readonly thresholdOf?: (kind: Kind) => number
  readonly report: (event: RepeatedEvent<Kind>, facts: Facts) => void
}

export interface RepeatedEvents<Kind, Facts> {
  /** Returns whether the client did it often enough for an event. */
  note(kind: Kind, client: string, facts: Facts): boolean
  /**
   * Reports the last event of each client and kind that has more than were reported, and was last
   * reported a minute ago or earlier. @param isLast Reports those of the current minute too.
   */
  flush(isLast?: boolean): void
}

interface Seen<Kind, Facts> {
  readonly kind: Kind
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
export function createRepeatedEvents<Kind extends string, Facts>({
  now,
  thresholdOf = () => 1,
  report,
}: RepeatedEventsOptions<Kind, Facts>): RepeatedEvents<Kind, Facts> {
  const clients = new LRUCache<string, Seen<Kind, Facts>>({ max: MAX_REMEMBERED })

  function note(kind: Kind, client: string, facts: Facts): boolean {
    const id = `${kind} ${client}`
    const time = now()
    const seen = clients.get(id) ?? { kind, facts, since: time, count: 0, reportedAt: Number.NEGATIVE_INFINITY, repeated: 0 }
    clients.set(id, seen)
    if (time - seen.since >= WINDOW_MS) Object.assign(seen, { since: time, count: 0 })
    seen.count++
    if (seen.count < thresholdOf(kind)) return false
    Object.assign(seen, { facts, repeated: seen.repeated + 1 })
    if (time - seen.reportedAt >= WINDOW_MS) tell(seen, time)
    return true
  }

  function tell(seen: Seen<Kind, Facts>, time: number): void {
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
