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
    said        TEXT           -- by the receiver, at the last attempt
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

export type Outbox = ReturnType<typeof createOutbox>

/** Notifications on disk: they survive a restart, also in the middle of an attempt. */
export function createOutbox(db: DatabaseSync) {
  const count = (state: string) =>
    db
      .prepare('SELECT channel, count(*) AS n FROM outbox WHERE state = ? GROUP BY channel')
      .all(state)
      .map(({ channel, n }) => [channel as ChannelName, Number(n)] as const)
  return {
    add(notification: Notification, channels: readonly ChannelName[], now: number): void {
      const insert = db.prepare("INSERT INTO outbox (channel, content, state, created_at, due_at) VALUES (?, ?, 'waiting', ?, ?)")
      for (const channel of channels) insert.run(channel, JSON.stringify(notification), now, now)
    },

    /** What a channel may send now, the oldest first. */
    due: (channel: ChannelName, now: number, limit: number): readonly Waiting[] =>
      db
        .prepare("SELECT * FROM outbox WHERE channel = ? AND state = 'waiting' AND due_at <= ? ORDER BY id LIMIT ?")
        .all(channel, now, limit)
        .map(({ id, content, attempts, created_at: createdAt }) => ({
          id: Number(id),
          channel,
          notification: JSON.parse(String(content)) as Notification,
          attempts: Number(attempts),
          createdAt: Number(createdAt),
        })),

    postpone(id: number, dueAt: number, said: string): void {
      db.prepare('UPDATE outbox SET attempts = attempts + 1, due_at = ?, said = ? WHERE id = ?').run(dueAt, said, id)
    },

    finish(id: number, state: 'delivered' | 'failed', said: string, now: number): void {
      // The content is not needed any more.
      db.prepare(
        "UPDATE outbox SET state = ?, attempts = attempts + 1, said = ?, finished_at = ?, content = '' WHERE id = ?",
      ).run(state, said, now, id)
    },

    /** How many a channel delivered since a time. */
    deliveredSince: (channel: ChannelName, since: number): number =>
      Number(
        db
          .prepare("SELECT count(*) AS n FROM outbox WHERE channel = ? AND state = 'delivered' AND finished_at > ?")
          .get(channel, since)?.n,
      ),

    waiting: () => count('waiting'),
    delivered: () => count('delivered'),
    failed: () => count('failed'),

    /** The last failed attempt of a channel that still has something to send, or gave up today. */
    lastFailure(channel: ChannelName): string | undefined {
      const row = db
        .prepare(
          "SELECT said FROM outbox WHERE channel = ? AND state <> 'delivered' AND said IS NOT NULL ORDER BY id DESC LIMIT 1",
        )
        .get(channel)
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
  }
}
