import { Cron } from 'croner'

const SCHEDULE = /^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?([01]\d|2[0-3]):([0-5]\d)(?: (\S+))?$/

/**
 * Parses `Mon 07:00 Europe/Berlin` (weekly) or `07:00` (daily, UTC). Returns undefined if the text
 * is not of this form or the time zone is not known. The result is not started.
 */
export function parseSchedule(text: string): Cron | undefined {
  const [, day = '*', hour, minute, timezone = 'UTC'] = SCHEDULE.exec(text) ?? []
  if (hour === undefined || minute === undefined) return undefined
  try {
    const cron = new Cron(`${Number(minute)} ${Number(hour)} * * ${day}`, { timezone, paused: true })
    // An unknown time zone is found when it is used.
    cron.nextRun()
    return cron
  } catch {
    return undefined
  }
}
