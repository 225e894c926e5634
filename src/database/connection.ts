import { accessSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { ChatError, errnoOf } from '../errors.ts'
import type { Log } from '../logging/log.ts'
import { migrate, requireCurrentSchema } from './migrate.ts'
import { databaseUnavailable } from './sqlite-errors.ts'

/**
 * Creates a database if it is missing, migrates it, and opens it for reading. Blocks the thread:
 * call it at startup only.
 * @throws {ChatError} DATABASE_TOO_NEW; DATABASE_UNAVAILABLE, with the cause, if the file cannot be
 * opened or is not a database.
 */
export function openConnection(path: string, log: Log): DatabaseSync {
  try {
    createPrivately(path)
    // Waits up to 5 s for another process that is migrating. Later reads hardly ever meet a lock.
    return prepare(new DatabaseSync(path, { timeout: 5000 }), log)
  } catch (error) {
    throw error instanceof ChatError ? error : databaseUnavailable(error)
  }
}

/**
 * Opens an existing database for queries. Creates and migrates nothing; a server may use it.
 * @throws {ChatError} DATABASE_TOO_NEW; DATABASE_UNAVAILABLE if the file is missing, cannot be
 * opened, is not a database, or has an older schema.
 */
export function openForQueries(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    // Without this check, SQLite would create the file.
    accessSync(path)
    db = new DatabaseSync(path, { timeout: 5000 })
    db.exec('PRAGMA query_only = ON')
    requireCurrentSchema(db)
    return db
  } catch (error) {
    db?.close()
    throw error instanceof ChatError ? error : databaseUnavailable(error)
  }
}

function prepare(db: DatabaseSync, log: Log): DatabaseSync {
  try {
    // Only the writer checkpoints. The pages that a migration changes stay in the write-ahead log.
    // secure_delete: a migration that copies a table leaves no second copy in free pages.
    db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON')
    const { from, to } = migrate(db)
    db.exec('PRAGMA query_only = ON; PRAGMA busy_timeout = 1000')
    log.info({ function: 'open_connection', connection: 'reader' }, 'Database connection opened')
    if (from < to) log.info({ function: 'migrate', from_version: from, to_version: to }, 'Database migrated')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * Creates the file with mode 0600 if it is missing. Opening and closing an existing file would
 * release this process's locks on it.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}
