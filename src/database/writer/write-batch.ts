import type { DatabaseSync } from 'node:sqlite'
import type { Sql } from '../sql.ts'
import { BUSY, packThrown, resultCodeOf, type Thrown } from './serialized-error.ts'
import { WRITES, type WriteName } from './writes.ts'

/** A write as it waits, and as it crosses to the writer thread. */
export interface WriteCall {
  readonly name: WriteName
  readonly params: unknown
}

/** What became of one write: `result` where it is on disk, `thrown` where it alone was rolled back. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly thrown: Thrown }

/** Outcomes in the order of the calls. `tookMs`: from asking for the write lock to being on disk; `commitMs`: the commit's share of it. */
export interface CommittedBatch {
  readonly outcomes: readonly WriteOutcome[]
  readonly tookMs: number
  readonly commitMs: number
}

/** How often the lock is asked for; each time the connection's own timeout is waited for first. */
const LOCK_ATTEMPTS = 6

/**
 * Runs writes in one transaction and returns when they are on disk. Each has a savepoint of its own, so that one that throws is undone alone.
 * @param now - milliseconds of a clock that never goes back.
 * @throws what SQLite throws where the transaction as a whole failed; then nothing of it is stored.
 */
export function commitBatch(db: DatabaseSync, sql: Sql, calls: readonly WriteCall[], now: () => number): CommittedBatch {
  const startedAt = now()
  takeWriteLock(db)
  try {
    const outcomes = calls.map(call => runApart(db, sql, call))
    const commitStartedAt = now()
    db.exec('COMMIT')
    const endedAt = now()
    return { outcomes, tookMs: endedAt - startedAt, commitMs: endedAt - commitStartedAt }
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function takeWriteLock(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (resultCodeOf(error) !== BUSY || attempt === LOCK_ATTEMPTS) throw error
    }
  }
}

function runApart(db: DatabaseSync, sql: Sql, { name, params }: WriteCall): WriteOutcome {
  sql.run`SAVEPOINT write`
  try {
    // The queue typed the parameters by the name; across the threads that knowledge is lost.
    const write = WRITES[name] as (sql: Sql, params: unknown) => unknown
    const result = write(sql, params)
    sql.run`RELEASE write`
    return { kind: 'written', result }
  } catch (error) {
    // A failing disk can take the whole transaction with it: then there is nothing left that the others could be part of.
    if (!db.isTransaction) throw error
    sql.run`ROLLBACK TO write`
    sql.run`RELEASE write`
    return { kind: 'refused', thrown: packThrown(error) }
  }
}
