import type { Config } from '../../config.ts'
import { FILE_STREAMS, formatLogFileName, type LogFileName, type LogStream } from '../log-streams.ts'
import { daysBetween } from './log-day.ts'

export type RetentionSettings = Pick<
  Config,
  | 'nodeEnv'
  | 'logCompressAfterDays'
  | 'logStreamBudgetMb'
  | 'logRetentionDaysDebug'
  | 'logRetentionDaysInfo'
  | 'logRetentionDaysWarning'
  | 'logRetentionDaysError'
  | 'logRetentionDaysAudit'
>

/** Retention periods and limits of the log. */
export interface RetentionPolicy {
  /** Whole days that a file is kept after its last day of writing, by stream. */
  readonly keepDays: Readonly<Record<LogStream, number>>
  /** Whole days after which a file is compressed; 1 or more. */
  readonly compressAfterDays: number
  /** Limit of the total size of a stream's files; 0 for none. Does not apply to `audit`. */
  readonly budgetBytes: number
}

/** A log file on disk. */
export interface LogFile extends LogFileName {
  readonly bytes: number
  /** Day of its last write: that of its name, or later after a clock or rotation error. */
  readonly lastDay: string
  /**
   * Time of its last write, in milliseconds since 1970; a compressed file keeps the time of its
   * original.
   */
  readonly modifiedMs: number
}

export type RetentionAction =
  | { readonly kind: 'compress'; readonly file: LogFile }
  | { readonly kind: 'delete'; readonly file: LogFile; readonly reason: 'age' | 'budget' | 'twin' }

/**
 * Default days by NODE_ENV. Warnings are kept as long as errors; `chatbot` has the shortest period.
 */
const CLASS_DAYS = {
  development: { debug: 7, info: 30, warning: 90, error: 90 },
  production: { debug: 3, info: 14, warning: 365, error: 365 },
} as const
const AUDIT_DAYS = 2557
/** Precision to which a file system may round a time. */
const SAME_TIME_MS = 2

/**
 * Returns the policy of the settings. Default periods in development are 7 days for debug, 30 for
 * info, and 90 for warning and error. In production they are 3, 14, 365 and 365 days. The audit
 * trail is kept for 2,557 days, seven years with leap days, in both.
 */
export function retentionPolicy(settings: RetentionSettings): RetentionPolicy {
  const defaults = CLASS_DAYS[settings.nodeEnv === 'production' ? 'production' : 'development']
  const debug = settings.logRetentionDaysDebug ?? defaults.debug
  const info = settings.logRetentionDaysInfo ?? defaults.info
  const warning = settings.logRetentionDaysWarning ?? defaults.warning
  const error = settings.logRetentionDaysError ?? defaults.error
  const audit = settings.logRetentionDaysAudit ?? AUDIT_DAYS
  return {
    keepDays: { chatbot: Math.min(debug, info, warning, error), debug, info, warning, error, audit },
    compressAfterDays: settings.logCompressAfterDays,
    budgetBytes: settings.logStreamBudgetMb * 1024 * 1024,
  }
}

/**
 * Decides which files to compress and delete on a given day in the time zone of the log. A file is
 * deleted when its retention period has passed since the end of its last day; the newest audit file
 * is always kept. If a stream still exceeds its budget, its oldest files are deleted, but never the
 * newest.
 *
 * If a file and its compressed copy have the same time, compression was interrupted after the copy
 * was complete, and the original is deleted. If the times differ, as after a clock was set back,
 * the file holds other lines, and both are kept.
 *
 * Of the audit trail, files are deleted from the oldest on, without a gap; the actions are in this
 * order. If the day is undefined,
 * because the clock is in doubt, nothing is compressed, or deleted for its age. Cost: O(n log n).
 */
export function planRetention(files: readonly LogFile[], today: string | undefined, policy: RetentionPolicy): RetentionAction[] {
  const compressed = new Map(files.filter(file => file.compressed).map(file => [formatLogFileName(file), file]))
  const compressedForm = (file: LogFile) =>
    file.compressed ? undefined : compressed.get(formatLogFileName({ ...file, compressed: true }))
  const hasTwin = (file: LogFile) => Math.abs((compressedForm(file)?.modifiedMs ?? Number.NaN) - file.modifiedMs) < SAME_TIME_MS
  const twins = files.filter(hasTwin)
  const single = files.filter(file => !hasTwin(file))
  const isOlder = (file: LogFile, days: number) => today !== undefined && daysBetween(file.lastDay, today) > days
  const oldestFirst = single.toSorted(newestFirst).reverse()
  const trail = oldestFirst.filter(({ stream }) => stream === 'audit')
  // The next audit record links to the last one: without it the trail would look truncated.
  const kept = trail.findIndex((file, index) => index === trail.length - 1 || !isOlder(file, policy.keepDays.audit))
  const keptTrail = new Set(trail.slice(Math.max(0, kept)))
  const isDue = (file: LogFile) => !keptTrail.has(file) && isOlder(file, policy.keepDays[file.stream])
  const { due = [], remaining = [] } = Object.groupBy(oldestFirst, file => (isDue(file) ? 'due' : 'remaining'))
  const excess = new Set(FILE_STREAMS.flatMap(stream => overBudget(remaining, stream, policy.budgetBytes)))
  return [
    ...twins.map(file => ({ kind: 'delete', file, reason: 'twin' }) as const),
    ...due.map(file => ({ kind: 'delete', file, reason: 'age' }) as const),
    ...[...excess].map(file => ({ kind: 'delete', file, reason: 'budget' }) as const),
    ...remaining
      .filter(
        file =>
          !excess.has(file) && !file.compressed && compressedForm(file) === undefined && isOlder(file, policy.compressAfterDays),
      )
      .map(file => ({ kind: 'compress', file }) as const),
  ]
}

/** Returns the oldest files of a stream that exceed its budget. */
function overBudget(files: readonly LogFile[], stream: LogStream, budgetBytes: number): LogFile[] {
  if (budgetBytes === 0) return []
  const ordered = files.filter(file => file.stream === stream).sort(newestFirst)
  let bytes = 0
  const tooMuch = ordered.findIndex((file, index) => {
    bytes += file.bytes
    return bytes > budgetBytes && index > 0
  })
  return tooMuch < 0 ? [] : ordered.slice(tooMuch).reverse()
}

function newestFirst(a: LogFile, b: LogFile): number {
  return a.day === b.day ? b.number - a.number : a.day < b.day ? 1 : -1
}
