import type { DatabaseSync } from 'node:sqlite'
import { type SqlValue, toInput } from './sql.ts'

/** A read that failed, with its values, to be tried again. */
export interface FailedRead {
  readonly text: string
  readonly values: readonly SqlValue[]
  readonly failure: string
}

/** Whether the database can be read, by this thread and by others that report their failures. */
export interface ReadHealth {
  /** Why the last failed read failed; undefined if none failed, or if it succeeds again. */
  readonly failure: string | undefined
  report(read: FailedRead): void
  /** Tries the last failed read again. Reads nothing if none failed. */
  probe(): void
}

/**
 * Creates the state of a connection. Another read would show nothing: it may be of a page that is
 * in memory, or of one that is not damaged.
 */
export function createReadHealth(db: DatabaseSync): ReadHealth {
  let failed: FailedRead | undefined
  return {
    get failure() {
      return failed?.failure
    },
    report(read) {
      failed = read
    },
    probe() {
      if (failed === undefined) return
      try {
        // Without pages in memory, all are read from the file.
        db.exec('PRAGMA shrink_memory')
        db.prepare(failed.text).all(...failed.values.map(toInput))
        failed = undefined
      } catch {
        // Still failing, as the state says.
      }
    },
  }
}
