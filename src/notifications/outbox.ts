import type { DatabaseSync } from 'node:sqlite'
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

/** A notification on its way through one channel. Times are milliseconds since 1970. */
export interface Waiting {
  readonly id: number
  readonly channel: ChannelName
  readonly notification: Notification
  readonly attempts: number
  readonly createdAt: number
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

  return {
    add(notification: Notification, channels: readonly ChannelName[], now: number): void {
      const insert = db.prepare("INSERT INTO outbox (channel, content, state, created_at, due_at) VALUES (?, ?, 'waiting', ?, ?)")
      for (const channel of channels) insert.run(channel, JSON.stringify(notification), now, now)
    },

    /** What a channel may send now: critical notifications first, then the oldest. */
    due: (channel: ChannelName, now: number, limit: number): readonly Waiting[] =>
      db
        .prepare(
          `SELECT * FROM outbox WHERE channel = ? AND state = 'waiting' AND due_at <= ?
           ORDER BY CASE WHEN json_valid(content) THEN content ->> '$.severity' = 'critical' ELSE 0 END DESC, id LIMIT ?`,
        )
        .all(channel, now, limit)
        .flatMap(({ id, content, attempts, created_at: createdAt }) => {
          const notification = parse(String(content))
          // A damaged row must not keep the others waiting.
          if (notification === undefined) finish(Number(id), 'failed', 'The stored notification is damaged', now)
          return notification === undefined
            ? []
            : [{ id: Number(id), channel, notification, attempts: Number(attempts), createdAt: Number(createdAt) }]
        }),

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

function parse(content: string): Notification | undefined {
  try {
    return JSON.parse(content) as Notification
  } catch {
    return undefined
  }
}
