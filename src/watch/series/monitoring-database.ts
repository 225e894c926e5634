import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../../base/transaction.ts'

export interface OpenedDatabase {
  readonly db: DatabaseSync
  /** Why the file that was there could not be used; it is kept as `….damaged`. */
  readonly damage?: unknown
}

const BUSY_TIMEOUT_MS = 5000
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26
const NEWER = 'The schema is newer than this program'

/**
 * Opens a database of monitoring data, with mode 0600, and applies the migrations that it lacks.
 * Several processes may use it. A file that cannot be used is set aside and made anew: monitoring
 * may lose its data, but never keeps the server from starting.
 */
export function openMonitoringDatabase(
  path: string,
  migrations: readonly string[],
  busyTimeoutMs = BUSY_TIMEOUT_MS,
): OpenedDatabase {
  try {
    return { db: open(path, migrations, busyTimeoutMs) }
  } catch (damage) {
    if (!isUnusable(damage)) throw damage
    renameSync(path, `${path}.damaged`)
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    return { db: open(path, migrations, busyTimeoutMs), damage }
  }
}

/** Whether a file is damaged, no database, or of a newer program; not whether it is busy. */
function isUnusable(error: unknown): boolean {
  const { errcode, message } = error as { readonly errcode?: number; readonly message?: string }
  const code = errcode === undefined ? undefined : errcode & 0xff
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB || message === NEWER
}

function open(path: string, migrations: readonly string[], busyTimeoutMs: number): DatabaseSync {
  const isNew = !existsSync(path)
  const db = new DatabaseSync(path)
  try {
    if (isNew) chmodSync(path, 0o600)
    db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    // Before the first table: deleted rows can then make the file smaller.
    if (isNew) db.exec('PRAGMA auto_vacuum = INCREMENTAL')
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    migrate(db, migrations)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function migrate(db: DatabaseSync, migrations: readonly string[]): void {
  inTransaction(db, () => {
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (version > migrations.length) throw new Error(NEWER)
    for (const migration of migrations.slice(version)) db.exec(migration)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
  })
}
