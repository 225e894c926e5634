import { messageOf } from '../errors.ts'
import { AUDIT_EVENTS, type AuditEntry } from './audit-events.ts'
import type { AuditTrail } from './audit-trail.ts'

export interface AuditRecorderOptions {
  /** Opens the trail. Called again after each failure. */
  readonly open: () => AuditTrail
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called for each record that cannot be written, and for each failed retry. */
  readonly onFailure: (error: unknown, entry: AuditEntry | undefined) => void
  /** Called when writing works again, with the number of records that had waited. */
  readonly onRecovery: (written: number) => void
}

/** Writes to the trail for a process that must keep running if the trail cannot be written. */
export interface AuditRecorder {
  /**
   * Writes the waiting entries, then this one, and returns whether that succeeded. If not, the
   * entry waits with its own time; an entry whose event is `required` does not, because its action
   * is refused. After a failure no write is attempted until `retry`: an attempt may block the
   * thread.
   */
  record(entry: AuditEntry): boolean
  /** Tries to write the waiting entries. */
  retry(): void
  /** The settings of the last start; undefined before the first, or if they cannot be read. */
  configuration(): Readonly<Record<string, unknown>> | undefined
  keepConfiguration(configuration: Readonly<Record<string, unknown>>): void
  readonly state: { readonly failure: string | undefined; readonly waiting: number }
  /** Tries once more to write the waiting entries, then closes the trail. */
  close(): void
}

/**
 * About 300 KB. Beyond this the oldest entries are dropped and counted in a record of their own.
 */
const MAX_WAITING = 1000

/** Creates a recorder. It opens the trail when it is first used, and again after a failure. */
export function createAuditRecorder({ open, now, onFailure, onRecovery }: AuditRecorderOptions): AuditRecorder {
  const waiting: AuditEntry[] = []
  let missed = 0
  let trail: AuditTrail | undefined
  let failed: { readonly error: unknown } | undefined

  /** Runs a function on the trail. On failure closes the trail; the next attempt opens it again. */
  function attempt<Result>(use: (trail: AuditTrail) => Result, entry?: AuditEntry): Result | undefined {
    try {
      trail ??= open()
      return use(trail)
    } catch (error) {
      failed = { error }
      trail?.close()
      trail = undefined
      onFailure(error, entry)
      return undefined
    }
  }

  function writeWaiting(entry?: AuditEntry): boolean {
    const count = waiting.length
    const done = attempt(trail => {
      if (missed > 0) trail.append({ event: 'records_missed', actor: 'server', time: now(), facts: { missed } })
      missed = 0
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        trail.append(next)
        waiting.shift()
      }
      return true
    }, entry)
    if (done === true && failed !== undefined) {
      failed = undefined
      onRecovery(count)
    }
    return done === true
  }

  /** Makes no attempt if the last one failed. */
  function write(entry: AuditEntry): boolean {
    if (failed === undefined) return writeWaiting(entry)
    onFailure(failed.error, entry)
    return false
  }

  function retry(): void {
    if (waiting.length > 0 || failed !== undefined) writeWaiting()
  }

  return {
    get state() {
      return { failure: failed && messageOf(failed.error), waiting: waiting.length }
    },
    record(entry) {
      waiting.push(entry)
      const isWritten = write(entry)
      if (!isWritten && AUDIT_EVENTS[entry.event].required) waiting.pop()
      if (waiting.length > MAX_WAITING) {
        waiting.shift()
        missed++
      }
      return isWritten
    },
    retry,
    configuration: () => attempt(trail => trail.configuration()),
    keepConfiguration: configuration => void attempt(trail => trail.keepConfiguration(configuration)),
    close() {
      retry()
      trail?.close()
    },
  }
}
