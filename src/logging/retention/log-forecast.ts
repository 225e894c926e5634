import { LOG_STREAMS, type LogStream } from '../log-streams.ts'
import { daysBetween } from './log-day.ts'
import type { LogFile, RetentionPolicy } from './retention-policy.ts'

/** Further than this nobody plans. */
const HORIZON_DAYS = 3650
/** Whole days before today over which growth is averaged. */
const WINDOW_DAYS = 7

/** Bytes that each stream holds. */
export function sumByStream(files: readonly LogFile[]): Readonly<Record<LogStream, number>> {
  return Object.fromEntries(LOG_STREAMS.map(stream => [stream, bytesOf(files.filter(file => file.stream === stream))])) as Record<
    LogStream,
    number
  >
}

/**
 * In how many whole days the log will have filled the disk, if it grows as in the last seven whole days: at most 3,650, which also
 * stands for never. A stream stops growing at its budget, or when as much is deleted a day as is written; what compression saves is not counted.
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
