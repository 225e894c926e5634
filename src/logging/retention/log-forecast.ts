import { LOG_STREAMS, type LogStream } from '../log-streams.ts'
import { daysBetween } from './log-day.ts'
import type { LogFile, RetentionPolicy } from './retention-policy.ts'

/** Maximum of the forecast, also returned if the disk never fills. */
const HORIZON_DAYS = 3650
/** Whole days before today used for the average growth. */
const WINDOW_DAYS = 7

/** Sums the bytes of each stream. */
export function sumByStream(files: readonly LogFile[]): Readonly<Record<LogStream, number>> {
  return Object.fromEntries(LOG_STREAMS.map(stream => [stream, bytesOf(files.filter(file => file.stream === stream))])) as Record<
    LogStream,
    number
  >
}

/**
 * Estimates the whole days until the log fills the disk, from the growth of the last seven whole
 * days; 3,650 at most, also for never. A stream stops growing at its budget, or when deletion keeps
 * up with writing. Savings by compression are ignored.
 */
export function forecastDaysUntilFull(
  files: readonly LogFile[],
  freeBytes: number,
  today: string,
  policy: RetentionPolicy,
): number {
  const sums = sumByStream(files)
  const growth = LOG_STREAMS.map(stream => {
    const recent = files.filter(file => file.stream === stream && isRecent(file, today))
    const firstDay = recent.map(({ day }) => day).sort()[0] ?? today
    const perDay = bytesOf(recent) / Math.max(1, daysBetween(firstDay, today))
    const budgetBytes = policy.budgetBytes === 0 || stream === 'audit' ? Number.POSITIVE_INFINITY : policy.budgetBytes
    return { perDay, roomBytes: Math.max(0, Math.min(budgetBytes, perDay * (policy.keepDays[stream] + 1)) - sums[stream]) }
  })
  const grownAfter = (days: number) => growth.reduce((sum, { perDay, roomBytes }) => sum + Math.min(perDay * days, roomBytes), 0)
  let days = 0
  while (days < HORIZON_DAYS && grownAfter(days + 1) <= freeBytes) days++
  return days
}

function isRecent({ day }: LogFile, today: string): boolean {
  const age = daysBetween(day, today)
  return age >= 1 && age <= WINDOW_DAYS
}

function bytesOf(files: readonly LogFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}
