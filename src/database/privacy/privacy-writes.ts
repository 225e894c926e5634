import type { Sql } from '../sql.ts'
import { recordErasure } from '../writer/erasure.ts'

/** What the erasure of a session removed. */
export interface ErasedSession {
  /** Turns that had text. */
  readonly turns: number
  /** Judgements of turns. */
  readonly feedback: number
  readonly idempotencyRecords: number
}

/** A turn's place in the order of time. */
export interface TurnPlace {
  readonly createdAt: number
  readonly row: number
}

interface PruneTurns {
  /** Turns before this time lose their text; 0 for none. Milliseconds since 1970. */
  readonly textBefore: number
  /** Turns before this time are deleted, with their closed sessions; 0 for none. */
  readonly factsBefore: number
  readonly after: TurnPlace
  readonly limit: number
}

/** Writes of privacy commands. Each runs in the writer thread in its own savepoint. */
export const PRIVACY_WRITES = {
  /**
   * Erases a session and all that it says about its user. Of its turns, only facts remain: ids,
   * kind, confidence, times.
   */
  eraseSession(sql: Sql, id: string): ErasedSession {
    const idempotencyRecords = sql.run`DELETE FROM idempotency_keys
      WHERE turn_id IN (SELECT turn_id FROM turns WHERE session_id = ${id})`
    const { turns, feedback } = sql.get<{ turns: number; feedback: number }>`
      SELECT count(details) AS turns, count(feedback_at) AS feedback FROM turns WHERE session_id = ${id}`!
    sql.run`UPDATE turns SET request_id = '', message = '', response = '', details = NULL, user = NULL,
        feedback_correct = NULL, feedback_comment = NULL, feedback_document = NULL, feedback_at = NULL
      WHERE session_id = ${id}`
    sql.run`DELETE FROM sessions WHERE id = ${id}`
    recordErasure(sql)
    return { turns, feedback, idempotencyRecords }
  },

  /** Records sessions and users whose text is to be erased from all log files. */
  requestLogErasure(sql: Sql, names: readonly string[]): void {
    for (const name of names) sql.run`INSERT INTO log_erasures (name, since) VALUES (${name}, 0)`
  },

  /** Records that the log files written before a time no longer have the text of these erasures. */
  narrowLogErasures(sql: Sql, { upTo, since }: { readonly upTo: number; readonly since: number }): void {
    sql.run`UPDATE log_erasures SET since = ${since} WHERE id <= ${upTo} AND since < ${since}`
  },

  /** Erases or deletes the next turns by age. `last` is undefined if they were the last ones. */
  pruneTurns(sql: Sql, { textBefore, factsBefore, after, limit }: PruneTurns) {
    const rows = sql.all<{ row: number; created_at: number; turn_id: string; session_id: string }>`
      SELECT rowid AS row, created_at, turn_id, session_id FROM turns
      WHERE (created_at, rowid) > (${after.createdAt}, ${after.row}) AND created_at < ${Math.max(textBefore, factsBefore)}
      ORDER BY created_at, rowid LIMIT ${limit}`
    let texts = 0
    let turns = 0
    for (const { row, created_at, turn_id, session_id } of rows) {
      sql.run`DELETE FROM idempotency_keys WHERE turn_id = ${turn_id}`
      if (created_at < factsBefore) {
        turns += sql.run`DELETE FROM turns WHERE rowid = ${row}`
        sql.run`DELETE FROM sessions WHERE id = ${session_id} AND state <> 'open'
          AND NOT EXISTS (SELECT 1 FROM turns WHERE session_id = ${session_id})`
      } else {
        texts += sql.run`UPDATE turns SET message = '', response = '', details = NULL, feedback_comment = NULL, feedback_document = NULL
          WHERE rowid = ${row} AND (details IS NOT NULL OR feedback_comment IS NOT NULL)`
      }
    }
    if (texts + turns > 0) recordErasure(sql)
    const last = rows.length === limit ? rows.at(-1) : undefined
    return { texts, turns, last: last && { createdAt: last.created_at, row: last.row } }
  },

  finishLogErasures(sql: Sql, upTo: number): void {
    sql.run`DELETE FROM log_erasures WHERE id <= ${upTo}`
  },
}
