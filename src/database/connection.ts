import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { ChatError, errnoOf } from '../errors.ts'
import type { Log } from '../logging/log.ts'
import { migrate } from './migrations.ts'
import { databaseUnavailable } from './writer/serialized-error.ts'

/**
 * Opens a database for reading, after it has been made and migrated where that was due. Blocks the thread meanwhile: it belongs to the start.
 * @throws {ChatError} DATABASE_TOO_NEW; DATABASE_UNAVAILABLE, with the cause, where the file cannot be opened or is no database.
 */
export function openConnection(path: string, log: Log): DatabaseSync {
  try {
    createPrivately(path)
    // Up to 5 s for another process that migrates at this moment; reading later hardly ever meets a lock.
    return prepare(new DatabaseSync(path, { timeout: 5000 }), log)
  } catch (error) {
    throw error instanceof ChatError ? error : databaseUnavailable(error)
  }
}

function prepare(db: DatabaseSync, log: Log): DatabaseSync {
  try {
    // What is migrated here stays in the log: moving it into the file is the writer's affair.
    db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
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

/** Only where there is no file: opening and closing one that this process has open already would drop the locks that it holds. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}
