import { messageOf } from '../errors.ts'
import { AUDIT_EVENTS, type AuditEntry } from './audit-events.ts'
import type { AuditTrail } from './audit-trail.ts'

export interface AuditRecorderOptions {
  /** Opens the trail; called again after each failure. */
  readonly open: () => AuditTrail
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told each time that a record cannot be written, and once when records are written again. */
  readonly onFailure: (error: unknown, entry: AuditEntry | undefined) => void
  readonly onRecovery: (written: number) => void
}

/** The trail for a process that must live on where it cannot be written. */
export interface AuditRecorder {
  /**
   * Writes an entry behind those that wait. Where that fails it waits as well, with its own time, and false is returned; one whose event is
   * `required` does not wait, since its action does not take place. After a failure nothing is tried, which may block the thread, until `retry`.
   */
  record(entry: AuditEntry): boolean
  /** Tries to write what waits. */
  retry(): void
  /** The trail's settings of the last start; undefined where they cannot be read. */
  configuration(): Readonly<Record<string, unknown>> | undefined
  keepConfiguration(configuration: Readonly<Record<string, unknown>>): void
  readonly state: { readonly failure: string | undefined; readonly waiting: number }
  /** Tries once more to write what waits, and closes the trail. */
  close(): void
}

/** A thousand entries are some hundred kilobytes; of more, the oldest are given up and counted in a record of their own. */
const MAX_WAITING = 1000

export function createAuditRecorder({ open, now, onFailure, onRecovery }: AuditRecorderOptions): AuditRecorder {
  const waiting: AuditEntry[] = []
  let missed = 0
  let trail: AuditTrail | undefined
  let failed: { readonly error: unknown } | undefined

  /** Does something with the trail; on failure it is closed, to be opened anew by the next attempt. */
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

  /** Without trying, while the last try failed. */
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
