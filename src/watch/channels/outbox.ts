import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../../base/transaction.ts'
import type { ChannelName, Notification } from './notification.ts'

/** Tables of notifications, for the list of migrations of the monitoring database. */
export const NOTIFICATION_TABLES = `
  CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    channel     TEXT NOT NULL,
    content     TEXT NOT NULL, -- JSON
    state       TEXT NOT NULL, -- waiting, delivered, failed
    attempts    INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    finished_at INTEGER,
    said        TEXT,          -- by the receiver, at the last attempt
    digest_of   INTEGER        -- the row with which it was sent in one message
  ) STRICT;
  CREATE INDEX outbox_by_state ON outbox (channel, state, due_at);
  CREATE TABLE notification_marks (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL,
    data TEXT
  ) STRICT, WITHOUT ROWID;`

/** What a digest and the history of alerts need of a notification. */
export type Headline = Pick<Notification, 'id' | 'kind' | 'severity' | 'title' | 'alerts'>

/** A notification on its way through one channel. Times are milliseconds since 1970. */
export interface Waiting<Content extends Headline = Headline> {
  readonly id: number
  readonly channel: ChannelName
  readonly notification: Content
  readonly attempts: number
  readonly createdAt: number
}

/** What is read of a notification: an expression in SQL, and how its text is parsed. */
interface Form<Content> {
  readonly content: string
  /** Returns undefined for a damaged row. */
  readonly parse: (content: string) => Content | undefined
}

/** Which notifications are read. */
interface Choice {
  readonly channel: ChannelName
  readonly now: number
  /** In SQL, with a placeholder for each value. */
  readonly condition: string
  readonly values: readonly number[]
  readonly limit: number
}

/** Whether a notification is critical: 1 or 0, which is also that of a damaged row. */
const IS_URGENT = "CASE WHEN json_valid(content) THEN content ->> '$.severity' IS 'critical' ELSE 0 END"
const WHOLE: Form<Notification> = { content: 'content', parse: parseWhole }
/** Attachments, HTML and log lines stay on disk. */
const HEADLINE: Form<Headline> = {
  content: `CASE WHEN json_valid(content) THEN
              json_extract(content, '$.id', '$.kind', '$.severity', '$.title', '$.alerts') END`,
  parse: parseHeadline,
}

/** A notification that waits for longer is late, also before its first attempt has failed. */
const SENDING_MS = 60_000

export type Outbox = ReturnType<typeof createOutbox>

/** Notifications on disk: they survive a restart, also in the middle of an attempt. */
export function createOutbox(db: DatabaseSync) {
  const toCounts = (rows: readonly Record<string, unknown>[]) =>
    rows.map(({ channel, n }) => [channel as ChannelName, Number(n)] as const)
  const count = (state: string) =>
    toCounts(db.prepare('SELECT channel, count(*) AS n FROM outbox WHERE state = ? GROUP BY channel').all(state))
  /** @param digestOf The row with which this one was sent in one message. */
  function finish(id: number, state: 'delivered' | 'failed', said: string, now: number, digestOf?: number): void {
    // The content is not needed any more.
    db.prepare(
      "UPDATE outbox SET state = ?, attempts = attempts + 1, said = ?, finished_at = ?, digest_of = ?, content = '' WHERE id = ?",
    ).run(state, said, now, digestOf ?? null, id)
  }

  /** Reads the oldest that wait. A damaged row is failed, so that it keeps no other waiting. */
  function read<Content extends Headline>(
    { content, parse }: Form<Content>,
    { channel, now, condition, values, limit }: Choice,
  ): readonly Waiting<Content>[] {
    const select = db.prepare(
      `SELECT id, attempts, created_at, ${content} AS content FROM outbox
       WHERE channel = ? AND state = 'waiting' AND ${condition} ORDER BY id LIMIT ?`,
    )
    for (;;) {
      const rows = select.all(channel, ...values, limit)
      const found = rows.flatMap(({ id, content, attempts, created_at: createdAt }): Waiting<Content>[] => {
        const notification = parse(String(content))
        if (notification === undefined) finish(Number(id), 'failed', 'The stored notification is damaged', now)
        return notification === undefined
          ? []
          : [{ id: Number(id), channel, notification, attempts: Number(attempts), createdAt: Number(createdAt) }]
      })
      // Others take the place of damaged rows.
      if (found.length === rows.length) return found
    }
  }

  const chooseDue = (channel: ChannelName, now: number, isUrgent: boolean, limit: number): Choice => ({
    channel,
    now,
    condition: `due_at <= ? AND ${IS_URGENT} = ?`,
    values: [now, Number(isUrgent)],
    limit,
  })

  return {
    add(notification: Notification, channels: readonly ChannelName[], now: number): void {
      const insert = db.prepare("INSERT INTO outbox (channel, content, state, created_at, due_at) VALUES (?, ?, 'waiting', ?, ?)")
      for (const channel of channels) insert.run(channel, JSON.stringify(notification), now, now)
    },

    /** The oldest notifications that a channel may send now, critical ones or others. */
    due: (...choice: Parameters<typeof chooseDue>) => read(WHOLE, chooseDue(...choice)),

    /** The same without what a digest does not need. */
    dueHeadlines: (...choice: Parameters<typeof chooseDue>) => read(HEADLINE, chooseDue(...choice)),

    /** The oldest notifications of a channel that were created until a time, due or not. */
    createdUntil: (channel: ChannelName, until: number, now: number, limit: number) =>
      read(HEADLINE, { channel, now, condition: 'created_at <= ?', values: [until], limit }),

    /** Makes several changes in one transaction: all or none. */
    together: (change: () => void): void => inTransaction(db, change),

    postpone(id: number, dueAt: number, said: string): void {
      db.prepare('UPDATE outbox SET attempts = attempts + 1, due_at = ?, said = ? WHERE id = ?').run(dueAt, said, id)
    },

    finish,

    /** How many messages a channel delivered since a time. A digest is one. */
    deliveredSince: (channel: ChannelName, since: number): number =>
      Number(
        db
          .prepare(
            "SELECT count(*) AS n FROM outbox WHERE channel = ? AND state = 'delivered' AND finished_at > ? AND digest_of IS NULL",
          )
          .get(channel, since)?.n,
      ),

    waiting: () => count('waiting'),
    /** What waits after a failed attempt, or for longer than an attempt takes. */
    late: (now: number) =>
      toCounts(
        db
          .prepare(
            `SELECT channel, count(*) AS n FROM outbox WHERE state = 'waiting' AND (attempts > 0 OR created_at <= ?)
             GROUP BY channel`,
          )
          .all(now - SENDING_MS),
      ),
    delivered: () => count('delivered'),
    failed: () => count('failed'),

    /**
     * The last failed attempt of a channel for what still waits, or was given up after `since` with
     * no delivery after it.
     */
    lastFailure(channel: ChannelName, since = 0): string | undefined {
      const row = db
        .prepare(
          `SELECT said FROM outbox WHERE channel = :channel AND said IS NOT NULL AND (
             state = 'waiting' OR state = 'failed' AND finished_at > :since AND finished_at > ifnull(
               (SELECT max(finished_at) FROM outbox WHERE channel = :channel AND state = 'delivered'), 0))
           ORDER BY id DESC LIMIT 1`,
        )
        .get({ channel, since })
      return row === undefined ? undefined : String(row.said)
    },

    prune(before: number): void {
      db.prepare("DELETE FROM outbox WHERE state <> 'waiting' AND created_at < ?").run(before)
    },

    /** When something was done last, and what was noted then. */
    mark(name: string): { readonly at: number; readonly data: string | undefined } | undefined {
      const row = db.prepare('SELECT at, data FROM notification_marks WHERE name = ?').get(name)
      return row && { at: Number(row.at), data: row.data === null ? undefined : String(row.data) }
    },
    setMark(name: string, at: number, data?: string): void {
      db.prepare('INSERT OR REPLACE INTO notification_marks VALUES (?, ?, ?)').run(name, at, data ?? null)
    },
    /** What was noted under names with this beginning, before a time. */
    notesBefore: (prefix: string, before: number): readonly { readonly name: string; readonly data: string }[] =>
      db
        .prepare('SELECT name, data FROM notification_marks WHERE substr(name, 1, ?) = ? AND at <= ? AND data IS NOT NULL')
        .all(prefix.length, prefix, before)
        .map(({ name, data }) => ({ name: String(name), data: String(data) })),
    /** Removes marks with this beginning and without a note, of before a time. */
    dropMarks(prefix: string, before: number): void {
      db.prepare('DELETE FROM notification_marks WHERE substr(name, 1, ?) = ? AND at < ? AND data IS NULL').run(
        prefix.length,
        prefix,
        before,
      )
    },
  }
}

function parseWhole(content: string): Notification | undefined {
  try {
    const notification = JSON.parse(content) as Notification | null
    return typeof notification?.title === 'string' ? notification : undefined
  } catch {
    return undefined
  }
}

/** Reads the array of {@link HEADLINE}; it is `null` for a damaged row. */
function parseHeadline(content: string): Headline | undefined {
  const values = JSON.parse(content) as readonly unknown[] | null
  const [id, kind, severity, title, alerts] = values ?? []
  if (typeof title !== 'string') return undefined
  return { id, kind, severity, title, ...(alerts !== null && { alerts }) } as Headline
}
