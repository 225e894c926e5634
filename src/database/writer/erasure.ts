import type { DatabaseSync } from 'node:sqlite'
import type { Sql } from '../sql.ts'

/**
 * Overwrites erased content: copies the write-ahead log, which has the pages from before, to the
 * database and empties it. Returns the number of erasures that are still pending, because another
 * connection reads the content of the log. Waits for no lock, and copies without holding the lock
 * that other processes need to write.
 * @throws The SQLite error of a disk that fails. The erasures are pending then.
 */
export function finishErasures(db: DatabaseSync, sql: Sql): number {
  const { last, pending } = sql.get<{ last: number | null; pending: number }>`
    SELECT max(id) AS last, count(*) AS pending FROM pending_erasures`!
  if (last === null) return 0
  db.exec('PRAGMA busy_timeout = 0')
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)')
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { readonly busy: number }
    if (busy !== 0) return pending
  } finally {
    db.exec('PRAGMA busy_timeout = 5000')
  }
  // Its commit also syncs the empty log: until then, a power cut could bring the pages back.
  sql.run`DELETE FROM pending_erasures WHERE id <= ${last}`
  return 0
}

/** Records that the log holds content which is erased, in the transaction that erases it. */
export function recordErasure(sql: Sql): void {
  sql.run`INSERT INTO pending_erasures DEFAULT VALUES`
}
