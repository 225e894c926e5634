import { LEVELS } from '../record/levels.ts'
import type { LogRecord } from '../record/text-format.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const TEXTS = ['service', 'module', 'function', 'msg'] as const

/** Returns what is wrong with the form of a record; undefined if it is valid. */
export function checkRecord(record: LogRecord): string | undefined {
  if (typeof record.time !== 'string' || !TIME.test(record.time) || Number.isNaN(Date.parse(record.time))) {
    return 'time is not ISO 8601 in UTC with milliseconds'
  }
  const level = LEVELS.find(({ name }) => name === record.level)
  if (level === undefined) return 'level is unknown'
  if (record.level_number !== level.number) return 'level_number does not match level'
  const missing = TEXTS.find(name => typeof record[name] !== 'string' || record[name] === '')
  return missing && `${missing} is missing`
}
