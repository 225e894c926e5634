import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../base/transaction.ts'
import { ChatError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import { isBusy } from './sqlite-errors.ts'

const WAL_ATTEMPTS = 20

/** Schema versions before and after migrating; equal if the schema was current. */
export type Migrated = { readonly from: number; readonly to: number }

/**
 * Migrates a database to the current schema, each migration in its own transaction. Several
 * processes may migrate at once: each reads the version under the write lock before it applies a
 * migration.
 * @throws {ChatError} DATABASE_TOO_NEW if the database has migrations that this program does not
 * know. It is left unchanged.
 */
export function migrate(db: DatabaseSync): Migrated {
  const from = readSchemaVersion(db)
  enterWal(db)
  while (readSchemaVersion(db) < MIGRATIONS.length) applyNext(db)
  return { from, to: MIGRATIONS.length }
}

/**
 * Refuses a database that is not of the current schema. Changes nothing.
 * @throws {ChatError} DATABASE_TOO_NEW; DATABASE_UNAVAILABLE if it must be migrated first.
 */
export function requireCurrentSchema(db: DatabaseSync): void {
  const version = readSchemaVersion(db)
  if (version === MIGRATIONS.length) return
  throw new ChatError('DATABASE_UNAVAILABLE', {
    message: `The database has schema version ${version}; this program reads version ${MIGRATIONS.length}. Start the server or run pellucid documents list to migrate it.`,
  })
}

/**
 * Switches the file to write-ahead logging. SQLite fails at once with SQLITE_BUSY if another
 * process does the same, but waits for a write lock: this waits for the lock and then retries.
 */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || attempt === WAL_ATTEMPTS) throw error
      db.exec('BEGIN IMMEDIATE; COMMIT')
    }
  }
}

function applyNext(db: DatabaseSync): void {
  inTransaction(db, () => {
    const version = readSchemaVersion(db)
    const migration = MIGRATIONS[version]
    if (migration !== undefined) db.exec(`${migration}; PRAGMA user_version = ${version + 1}`)
  })
}

/**
 * The number of migrations that were applied to a database.
 * @throws {ChatError} DATABASE_TOO_NEW if this program does not know all of them.
 */
export function readSchemaVersion(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version <= MIGRATIONS.length) return version
  throw new ChatError('DATABASE_TOO_NEW', {
    message: `The database has schema version ${version}; this program supports versions up to ${MIGRATIONS.length}. Use a newer program or an older backup.`,
    facts: { database_version: version, program_version: MIGRATIONS.length },
  })
}
