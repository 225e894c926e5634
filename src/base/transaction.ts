import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs a function in a write transaction: all of its changes are stored, or none if it throws.
 * @throws what the function throws, and what SQLite throws at the beginning and the end.
 */
export function inTransaction<T>(db: DatabaseSync, run: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite itself rolls back after some errors, such as a full disk.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
