import type { Channel, ChannelName, Notification } from './notification.ts'
import type { Outbox, Waiting } from './outbox.ts'

export interface DeliveryOptions {
  readonly outbox: Outbox
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A number from 0 to 1, for the spread of retries. */
  readonly random: () => number
  /** Called when a channel accepted a notification, with what it said. */
  readonly onDelivered: (waiting: Waiting, said: string) => void
  /** Called when a notification is given up. */
  readonly onFailed: (waiting: Waiting, reason: string) => void
  /** Called when the outbox cannot be read or written, such as on a full disk. */
  readonly onProblem: (channel: ChannelName, error: unknown) => void
}

/** Attempts are repeated after 10 s, 20 s, 40 s … up to 30 minutes, for a day. */
const FIRST_RETRY_MS = 10_000
const LONGEST_RETRY_MS = 1_800_000
const GIVE_UP_MS = 86_400_000
/** A test has failed if it does not arrive soon. */
const GIVE_UP_TEST_MS = 600_000
const ATTEMPT_LIMIT_MS = 30_000
/** Notifications of a channel in an hour. What exceeds it is sent as one digest. */
const HOURLY_LIMIT = 20
/** Critical ones may exceed it by so many: warnings must not keep them waiting for an hour. */
const CRITICAL_RESERVE = 10
const HOUR_MS = 3_600_000
/** A digest is of all that wait, up to this number. So many are given up at once, too. */
const MAX_TOGETHER = 5000
const NOT_ENABLED = 'the channel is not enabled'

export type Delivery = ReturnType<typeof createDelivery>

/**
 * Delivers notifications through channels, each on its own: one that hangs delays no other.
 * What cannot be delivered is tried again for a day, restarts included.
 */
export function createDelivery({ outbox, now, random, onDelivered, onFailed, onProblem }: DeliveryOptions) {
  let channels: readonly Channel[] = []
  const running = new Map<ChannelName, Promise<void>>()
  const closing = new AbortController()
  /** Until when a receiver asked to be left alone. */
  const pausedUntil = new Map<ChannelName, number>()
  /** Sent, but not noted on disk: without this, a full disk would send them again and again. */
  const unstored = new Map<number, { readonly said: string; readonly at: number; readonly digestOf: number | undefined }>()

  async function deliver(channel: Channel): Promise<void> {
    store(channel.name)
    const sent = outbox.deliveredSince(channel.name, now() - HOUR_MS) + unstored.size
    const used = await deliverSome(channel, true, HOURLY_LIMIT + CRITICAL_RESERVE - sent)
    if (used !== undefined) await deliverSome(channel, false, HOURLY_LIMIT - sent - used)
  }

  /**
   * Sends as many as there is room for in this hour; the last message is a digest of all further
   * ones. Returns how many messages were sent, or undefined if the channel cannot send now.
   */
  async function deliverSome(channel: Channel, isUrgent: boolean, room: number): Promise<number | undefined> {
    // While the hour is full, nothing is read, however many wait.
    if (room < 1) return 0
    const isUnsent = ({ id }: Waiting) => !unstored.has(id)
    const next = outbox.due(channel.name, now(), isUrgent, room + 1 + unstored.size).filter(isUnsent)
    const isFull = next.length > room
    const single = isFull ? next.slice(0, room - 1) : next.slice(0, room)
    for (const waiting of single) if (!(await attempt(channel, [waiting], waiting.notification))) return undefined
    if (!isFull) return single.length
    const held = outbox.dueHeadlines(channel.name, now(), isUrgent, MAX_TOGETHER + unstored.size).filter(isUnsent)
    return (await attempt(channel, held, digestOf(held, now()))) ? room : undefined
  }

  /** Sends one notification for all that wait. Returns false if the channel cannot send now. */
  async function attempt(channel: Channel, waiting: readonly Waiting[], notification: Notification): Promise<boolean> {
    let said: string
    try {
      said = await channel.send(notification, AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_LIMIT_MS)]))
    } catch (error) {
      if (closing.signal.aborted) return false
      const reason = error instanceof Error ? error.message : String(error)
      const { retryAfterMs } = error as { retryAfterMs?: number }
      if (retryAfterMs !== undefined) pausedUntil.set(channel.name, now() + retryAfterMs)
      retryOrGiveUp(waiting, reason, retryAfterMs)
      return false
    }
    const at = now()
    const first = waiting.length > 1 ? waiting[0]?.id : undefined
    for (const { id } of waiting) unstored.set(id, { said, at, digestOf: id === first ? undefined : first })
    store(channel.name)
    for (const each of waiting) onDelivered(each, said)
    return true
  }

  /** Notes on disk what was sent. If that fails, the next attempt to store does it. */
  function store(name: ChannelName): void {
    if (unstored.size === 0) return
    try {
      outbox.together(() => {
        for (const [id, { said, at, digestOf }] of unstored) outbox.finish(id, 'delivered', said, at, digestOf)
      })
      unstored.clear()
    } catch (error) {
      onProblem(name, error)
    }
  }

  function retryOrGiveUp(waiting: readonly Waiting[], reason: string, askedMs: number | undefined): void {
    const givenUp: Waiting[] = []
    outbox.together(() => {
      for (const each of waiting) {
        const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** each.attempts, LONGEST_RETRY_MS)
        const dueAt = now() + (askedMs ?? backoffMs * (0.75 + random() / 2))
        const limitMs = each.notification.kind === 'test' ? GIVE_UP_TEST_MS : GIVE_UP_MS
        if (dueAt - each.createdAt <= limitMs) outbox.postpone(each.id, Math.round(dueAt), reason)
        else givenUp.push(each)
      }
      for (const { id } of givenUp) outbox.finish(id, 'failed', reason, now())
    })
    for (const each of givenUp) onFailed(each, reason)
  }

  function isPaused(name: ChannelName): boolean {
    const restMs = (pausedUntil.get(name) ?? 0) - now()
    // A longer rest than any receiver gets means that the clock was set back.
    return restMs > 0 && restMs <= HOUR_MS
  }

  /** Ends the wait of notifications whose channel was removed. */
  function giveUpOld(name: ChannelName): void {
    const old = outbox.createdUntil(name, now() - GIVE_UP_MS, now(), MAX_TOGETHER)
    if (old.length === 0) return
    outbox.together(() => {
      for (const { id } of old) outbox.finish(id, 'failed', NOT_ENABLED, now())
    })
    for (const waiting of old) onFailed(waiting, NOT_ENABLED)
  }

  return {
    /** Replaces the channels. What waits for one that was removed waits for it for a day. */
    use(next: readonly Channel[]): void {
      channels = next
      pausedUntil.clear()
    },
    /** Stores a notification for these channels, or for all. It is sent by the next `run`. */
    enqueue(notification: Notification, names?: readonly string[]): void {
      outbox.add(
        notification,
        channels.map(({ name }) => name).filter(name => names?.includes(name) ?? true),
        now(),
      )
    },
    /** Starts to deliver what is due, and returns at once. */
    run(): void {
      for (const channel of channels) {
        if (running.has(channel.name) || closing.signal.aborted || isPaused(channel.name)) continue
        const run = deliver(channel)
          .catch(error => onProblem(channel.name, error))
          .finally(() => running.delete(channel.name))
        running.set(channel.name, run)
      }
      for (const [name] of outbox.waiting()) if (!channels.some(channel => channel.name === name)) giveUpOld(name)
    },
    /** Resolves when no channel sends. */
    async settled(): Promise<void> {
      await Promise.allSettled(running.values())
    },
    async close(): Promise<void> {
      closing.abort()
      await Promise.allSettled(running.values())
    },
  }
}

function digestOf(held: readonly Waiting[], now: number): Notification {
  const first = held[0]?.notification
  const titles = Map.groupBy(held, ({ notification }) => notification.title)
  return {
    // Another digest after a failed one may hold more.
    id: `digest-${first?.id}-${held.length}`,
    kind: 'digest',
    severity: held.some(({ notification }) => notification.severity === 'critical') ? 'critical' : 'warning',
    title: `${held.length} more notifications`,
    summary: 'More were due than one channel may send in an hour',
    facts: [...titles].slice(0, 20).map(([title, group]) => [title, `${group.length} ×`]),
    text: ['`pellucid alerts history` shows all of them.'],
    links: [],
    createdAtMs: now,
  }
}
