import { closeSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openForAppending } from './audit-ownership.ts'
import type { AuditLink } from './audit-record.ts'

/** The last record of the trail, and where it ends. */
export interface AuditHead extends AuditLink {
  /** The day of its file. */
  readonly day: string
  /** Which of that day's files it is, from 1. */
  readonly number: number
  /** Size of that file up to the end of the record. */
  readonly bytes: number
}

/** What is kept apart from the trail, and what lets one process at a time write to it. */
export interface AuditState {
  /** Runs a function while no other process is in one, and makes what it wrote durable. Waits for the others up to the time limit. */
  exclusively<Result>(fn: () => Result): Result
  head(): AuditHead | undefined
  setHead(head: AuditHead): void
  /** The settings of the last start. */
  configuration(): Readonly<Record<string, unknown>> | undefined
  setConfiguration(configuration: Readonly<Record<string, unknown>>): void
  close(): void
}

/** The file of it in a data directory. */
export function auditStatePath(dataDir: string): string {
  return join(dataDir, 'audit-head.sqlite')
}

/**
 * Opens `audit-head.sqlite` in a data directory, made where it is missing. SQLite's write lock orders the processes, and ends with them; its
 * log makes each change whole or not at all.
 *
 * @param lockTimeoutMs How long a write may block the thread for another process, which holds the lock for less than a millisecond each time.
 */
export function openAuditState(dataDir: string, lockTimeoutMs: number): AuditState {
  const path = auditStatePath(dataDir)
  // Closing a file that SQLite has open in this process as well would drop its locks.
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

  return {
    exclusively(fn) {
      db.exec('BEGIN IMMEDIATE')
      try {
        const result = fn()
        db.exec('COMMIT')
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    head() {
      const head = read('head')
      // Heads were kept without a number while each day had one file.
      return head && { number: 1, ...head }
    },
    setHead: head => void upsert.run('head', JSON.stringify(head)),
    configuration: () => read('configuration'),
    setConfiguration: configuration => void upsert.run('configuration', JSON.stringify(configuration)),
    close() {
      if (db.isOpen) db.close()
    },
  }
}
