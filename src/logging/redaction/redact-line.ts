import { cutText, isTooLong, MAX_TEXT_CHARS, toBoundedLine } from '../record/line-limit.ts'
import { type MessageContent, TEXT_FIELDS } from '../record/message-content.ts'
import { createRedactor } from './redactor.ts'

export interface LineRedactionOptions {
  /** Names of fields that are redacted whole, besides those of secrets. */
  readonly fields?: readonly string[]
  /** `full` leaves the fields of messages and replies as they are. */
  readonly messageContent?: MessageContent
}

/**
 * What JSON lets stand in a line and a terminal, a log viewer or an eye may take for something else: DEL and C1 controls, direction marks and
 * overrides, line and paragraph separators, byte-order marks, tag characters, halves of surrogate pairs. Controls below U+0020 are escaped already.
 */
const UNSAFE = /[\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uD800-\uDFFF]/
const UNSAFE_CHARACTERS = /[\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\p{Cs}\u{E0000}-\u{E007F}]/gu

/**
 * Makes the last step before every sink: a line of JSON in, the same line redacted, bounded and without a character that could deceive out. A line
 * that needs nothing is returned as it is. What is no JSON object becomes a record of its own that holds it as a text. Never throws.
 */
export function createLineRedactor({ fields, messageContent }: LineRedactionOptions = {}): (line: string) => string {
  const redactor = createRedactor({ fields })

  function redactRecord(record: Readonly<Record<string, unknown>>): object {
    const redacted = redactor.record(record)
    if (messageContent !== 'full') return redacted
    const kept = TEXT_FIELDS.filter(name => typeof record[name] === 'string').map(name => [name, record[name]])
    return kept.length === 0 ? redacted : { ...redacted, ...Object.fromEntries(kept) }
  }

  return line => {
    try {
      const parsed: unknown = JSON.parse(line)
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return strayLine(line)
      const record = isTooLong(line) ? cutTexts(parsed) : parsed
      const redacted = redactRecord(record as Readonly<Record<string, unknown>>)
      if (redacted !== parsed) return toBoundedLine(redacted, encode)
      // Escaping makes up to six bytes of two.
      const safe = toSafeLine(line)
      return isTooLong(safe) ? toBoundedLine(redacted, encode) : safe
    } catch {
      // No JSON, or nested more deeply than the stack goes.
      return strayLine(line)
    }
  }

  function strayLine(line: string): string {
    const text = redactor.text(cutText(line, MAX_TEXT_CHARS, redactor.text))
    const head = { level: 'WARNING', level_number: 30, time: '1970-01-01T00:00:00.000Z', module: 'logging', function: 'redact' }
    return toBoundedLine({ ...head, msg: 'A line that is no record', text }, encode)
  }

  /** So that no more is looked at than is written. */
  function cutTexts(record: object): object {
    const cut = (_name: string, value: unknown) =>
      typeof value === 'string' ? cutText(value, MAX_TEXT_CHARS, redactor.text) : value
    return JSON.parse(JSON.stringify(record, cut))
  }
}

function encode(record: object): string {
  return toSafeLine(JSON.stringify(record))
}

/** Escapes what could deceive; within JSON such characters stand in texts only. */
export function toSafeLine(line: string): string {
  return UNSAFE.test(line) ? line.replace(UNSAFE_CHARACTERS, escapeUnits) : line
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
