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
const HOUR_MS = 3_600_000
const BATCH = 100

export type Delivery = ReturnType<typeof createDelivery>

/**
 * Delivers notifications through channels, each on its own: one that hangs delays no other.
 * What cannot be delivered is tried again for a day, restarts included.
 */
export function createDelivery({ outbox, now, random, onDelivered, onFailed }: DeliveryOptions) {
  let channels: readonly Channel[] = []
  const running = new Map<ChannelName, Promise<void>>()
  const closing = new AbortController()

  async function deliver(channel: Channel): Promise<void> {
    const isUrgent = ({ notification }: Waiting) => Number(notification.severity === 'critical')
    const due = outbox.due(channel.name, now(), BATCH).toSorted((a, b) => isUrgent(b) - isUrgent(a))
    const room = HOURLY_LIMIT - outbox.deliveredSince(channel.name, now() - HOUR_MS)
    // The last one in this hour is a digest of all that wait. Urgent ones go first.
    const isFull = due.length > Math.max(room, 0)
    if (isFull && room < 1) return
    const single = isFull ? due.slice(0, room - 1) : due
    for (const waiting of single) if (!(await attempt(channel, [waiting], waiting.notification))) return
    const held = due.slice(single.length)
    if (held.length > 0) await attempt(channel, held, digestOf(held, now()))
  }

  /** Sends one notification for all that wait. Returns false if the channel cannot send now. */
  async function attempt(channel: Channel, waiting: readonly Waiting[], notification: Notification): Promise<boolean> {
    try {
      const said = await channel.send(notification, AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_LIMIT_MS)]))
      for (const each of waiting) {
        outbox.finish(each.id, 'delivered', said, now())
        onDelivered(each, said)
      }
      return true
    } catch (error) {
      if (closing.signal.aborted) return false
      const reason = error instanceof Error ? error.message : String(error)
      for (const each of waiting) retryOrGiveUp(each, reason, (error as { retryAfterMs?: number }).retryAfterMs)
      return false
    }
  }

  function retryOrGiveUp(waiting: Waiting, reason: string, askedMs: number | undefined): void {
    const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** waiting.attempts, LONGEST_RETRY_MS)
    const dueAt = now() + (askedMs ?? backoffMs * (0.75 + random() / 2))
    const limitMs = waiting.notification.kind === 'test' ? GIVE_UP_TEST_MS : GIVE_UP_MS
    if (dueAt - waiting.createdAt <= limitMs) {
      outbox.postpone(waiting.id, Math.round(dueAt), reason)
      return
    }
    outbox.finish(waiting.id, 'failed', reason, now())
    onFailed(waiting, reason)
  }

  return {
    /** Replaces the channels. What waits for one that is not there any more keeps waiting. */
    use(next: readonly Channel[]): void {
      channels = next
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
        if (running.has(channel.name) || closing.signal.aborted) continue
        const run = deliver(channel).finally(() => running.delete(channel.name))
        running.set(channel.name, run)
      }
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
    id: `digest-${first?.id}`,
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
