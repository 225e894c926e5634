import type { DatabaseSync } from 'node:sqlite'
import { type SerializedError, serializeError } from '../serialized-error.ts'
import type { Sql } from '../sql.ts'
import { isBusy } from '../sqlite-errors.ts'
import { WRITES, type WriteName } from './writes.ts'

/** A write as queued and as posted to the writer thread. */
export interface WriteCall {
  readonly name: WriteName
  readonly params: unknown
  /** Whether the write is rolled back in any case, to see whether the disk lets it succeed. */
  readonly isTrial?: boolean
}

/**
 * Outcome of one write: on disk with its `result`, or rolled back on its own with the `error` it
 * threw.
 */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly error: SerializedError }

/**
 * Outcomes in the order of the calls. `tookMs` includes the wait for the write lock; `commitMs` is
 * the share of the COMMIT.
 */
export interface CommittedBatch {
  readonly outcomes: readonly WriteOutcome[]
  readonly tookMs: number
  readonly commitMs: number
}

/** Attempts to get the write lock. Each waits for the connection's busy timeout. */
const LOCK_ATTEMPTS = 6

/**
 * Runs writes in one transaction and returns when they are on disk. Each runs in its own savepoint:
 * one that throws is rolled back alone.
 * @param now - Milliseconds of a monotonic clock.
 * @throws The SQLite error if the transaction as a whole fails. Then none of the writes is stored.
 */
export function commitBatch(db: DatabaseSync, sql: Sql, calls: readonly WriteCall[], now: () => number): CommittedBatch {
  const startedAt = now()
  takeWriteLock(db)
  try {
    const outcomes = runAll(db, sql, calls)
    const commitStartedAt = now()
    db.exec('COMMIT')
    const endedAt = now()
    return { outcomes, tookMs: endedAt - startedAt, commitMs: endedAt - commitStartedAt }
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/**
 * Runs writes. SQLite does not restore free pages that a savepoint used, so a write that is rolled
 * back leaves its text on them: the transaction is begun again without it.
 */
function runAll(db: DatabaseSync, sql: Sql, calls: readonly WriteCall[]): readonly WriteOutcome[] {
  const undone = new Map<WriteCall, WriteOutcome>()
  for (;;) {
    const before = undone.size
    const outcomes = calls.map(call => {
      const known = undone.get(call)
      if (known !== undefined) return known
      const changes = countChanges(sql)
      const outcome = runInSavepoint(db, sql, call)
      if (outcome.kind === 'refused' && countChanges(sql) !== changes) undone.set(call, outcome)
      return outcome
    })
    if (undone.size === before) return outcomes
    db.exec('ROLLBACK')
    takeWriteLock(db)
  }
}

/** Counts the rows that the connection has changed, also in savepoints that were rolled back. */
function countChanges(sql: Sql): number {
  return sql.get<{ changes: number }>`SELECT total_changes() AS changes`!.changes
}

function takeWriteLock(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error) || attempt === LOCK_ATTEMPTS) throw error
    }
  }
}

function runInSavepoint(db: DatabaseSync, sql: Sql, { name, params, isTrial }: WriteCall): WriteOutcome {
  // Without pages in memory, a trial reads all from the file.
  if (isTrial) db.exec('PRAGMA shrink_memory')
  sql.run`SAVEPOINT write`
  try {
    // The queue typed the parameters by the name; the type is lost across threads.
    const write = WRITES[name] as (sql: Sql, params: unknown) => unknown
    const result = write(sql, params)
    if (isTrial) sql.run`ROLLBACK TO write`
    sql.run`RELEASE write`
    return { kind: 'written', result }
  } catch (error) {
    // A failing disk can roll back the whole transaction. The other writes are lost with it.
    if (!db.isTransaction) throw error
    sql.run`ROLLBACK TO write`
    sql.run`RELEASE write`
    return { kind: 'refused', error: serializeError(error) }
  }
}
