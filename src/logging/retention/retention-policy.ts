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

/** What is kept, and for how long. */
export interface RetentionPolicy {
  /** Whole days, after the day that a file was written on, for which it is kept. */
  readonly keepDays: Readonly<Record<LogStream, number>>
  /** Whole days after which a file is compressed; at least 1. */
  readonly compressAfterDays: number
  /** What the files of one stream may hold together; 0 for no bound. It never applies to `audit`. */
  readonly budgetBytes: number
}

/** A log file as it lies on the disk. */
export interface LogFile extends LogFileName {
  readonly bytes: number
  /** The day that it was last written to: its own, or a later one where the clock or the rotation went astray. */
  readonly lastDay: string
  /** When it was last written to, in milliseconds since 1970; a compressed file has the time of what it was made from. */
  readonly modifiedMs: number
}

export type RetentionAction =
  | { readonly kind: 'compress'; readonly file: LogFile }
  | { readonly kind: 'delete'; readonly file: LogFile; readonly reason: 'age' | 'budget' | 'twin' }

/** Days per class by what the server is run for. Warnings are kept as long as errors; `chatbot` as long as the shortest. */
const CLASS_DAYS = {
  development: { debug: 7, info: 30, warning: 90, error: 90 },
  production: { debug: 3, info: 14, warning: 365, error: 365 },
} as const
const AUDIT_DAYS = 2557
/** What a file system may round a time to. */
const SAME_TIME_MS = 2

/**
 * The policy that the settings ask for. A class whose period is not set is kept for 7, 30, 90 and 90 days in development, 3, 14, 365 and 365
 * in production, and the audit trail for 2,557 days, which are seven years with their leap days, in both.
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
 * Decides what becomes of each file on a given day, the day of the log's time zone. A file goes when more than its period has passed since
 * the end of its day, and not before (the newest file of the audit trail never goes); where a stream holds more than its budget after that, its oldest files go, but never the newest one.
 * Where a file lies beside its own compressed form, of the same time, compressing was interrupted after the new file was complete, and the
 * old one goes; of another time, as after a clock was set back, it holds lines of its own, and both stay.
 * Costs n·log n.
 */
export function planRetention(files: readonly LogFile[], today: string, policy: RetentionPolicy): RetentionAction[] {
  const compressed = new Map(files.filter(file => file.compressed).map(file => [formatLogFileName(file), file]))
  const compressedForm = (file: LogFile) =>
    file.compressed ? undefined : compressed.get(formatLogFileName({ ...file, compressed: true }))
  const hasTwin = (file: LogFile) => Math.abs((compressedForm(file)?.modifiedMs ?? Number.NaN) - file.modifiedMs) < SAME_TIME_MS
  const twins = files.filter(hasTwin)
  const single = files.filter(file => !hasTwin(file))
  // The audit trail's end is what its next record is linked to: without it the trail would look cut off.
  const trailEnd = single.filter(({ stream }) => stream === 'audit').sort(newestFirst)[0]
  const isDue = (file: LogFile) => file !== trailEnd && daysBetween(file.lastDay, today) > policy.keepDays[file.stream]
  const { due = [], remaining = [] } = Object.groupBy(single, file => (isDue(file) ? 'due' : 'remaining'))
  const excess = new Set(FILE_STREAMS.flatMap(stream => overBudget(remaining, stream, policy.budgetBytes)))
  return [
    ...twins.map(file => ({ kind: 'delete', file, reason: 'twin' }) as const),
    ...due.map(file => ({ kind: 'delete', file, reason: 'age' }) as const),
    ...[...excess].map(file => ({ kind: 'delete', file, reason: 'budget' }) as const),
    ...remaining
      .filter(
        file =>
          !excess.has(file) &&
          !file.compressed &&
          compressedForm(file) === undefined &&
          daysBetween(file.lastDay, today) > policy.compressAfterDays,
      )
      .map(file => ({ kind: 'compress', file }) as const),
  ]
}

/** The oldest files of a stream that have to go for the rest to fit. */
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
