import { closeSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../base/transaction.ts'
import type { AuditPlace } from './audit-files.ts'
import { openForAppending } from './audit-ownership.ts'
import type { AuditLink } from './audit-record.ts'

/** The last record of the trail, its file, and where it ends. */
export interface AuditHead extends AuditLink, AuditPlace {
  /** Size of the file up to the end of the record. */
  readonly bytes: number
}

/** The facts that say which trail a data directory belongs to. */
export interface KnownTrail {
  /** Undefined before the first record and for a trail of an early version. */
  readonly trailId: string | undefined
  readonly head: AuditHead | undefined
}

/** The head database: the facts about the trail that are kept apart from it, and the write lock. */
export interface AuditState {
  /**
   * Runs a function in a transaction, which only one process at a time can hold, and commits it
   * durably. Waits for other processes up to the lock timeout.
   */
  exclusively<Result>(fn: () => Result): Result
  known(): KnownTrail
  setTrailId(id: string): void
  setHead(head: AuditHead): void
  /** The settings of the last start. */
  configuration(): Readonly<Record<string, unknown>> | undefined
  setConfiguration(configuration: Readonly<Record<string, unknown>>): void
  close(): void
}

/** How long a write waits by default. Each process holds the lock for less than a millisecond. */
const LOCK_TIMEOUT_MS = 5000

/** Name of the file in DATA_DIR that holds the head of the trail. */
export const AUDIT_HEAD_FILE = 'audit-head.sqlite'

/** Returns the path of the head database in a data directory. */
export function auditStatePath(dataDir: string): string {
  return join(dataDir, AUDIT_HEAD_FILE)
}

/**
 * Opens `audit-head.sqlite` in a data directory; creates it if it is missing. SQLite's write lock
 * orders the processes and is released when a process ends; its journal makes each change atomic.
 *
 * @param lockTimeoutMs How long a write may block the thread while other processes write.
 */
export function openAuditState(dataDir: string, lockTimeoutMs = LOCK_TIMEOUT_MS): AuditState {
  const path = auditStatePath(dataDir)
  // An existing file is not opened here: closing a file that SQLite also has open in this process
  // would release SQLite's locks.
  if (!existsSync(path)) closeSync(openForAppending(path))
  const db = new DatabaseSync(path, { timeout: lockTimeoutMs })
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT)',
  )
  const select = db.prepare('SELECT value FROM state WHERE name = ?')
  const upsert = db.prepare('INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')

  const read = (name: string) => {
    const row = select.get(name)
    return row === undefined ? undefined : JSON.parse(String(row.value))
  }
  const write = (name: string, value: unknown) => void upsert.run(name, JSON.stringify(value))

  return {
    exclusively: fn => inTransaction(db, fn),
    known() {
      const head = read('head')
      // Early versions stored no file number: each day had one file.
      return { trailId: read('trail_id'), head: head && { number: 1, ...head } }
    },
    setTrailId: id => write('trail_id', id),
    setHead: head => write('head', head),
    configuration: () => read('configuration'),
    setConfiguration: configuration => write('configuration', configuration),
    close() {
      if (db.isOpen) db.close()
    },
  }
}
