import { cutText, isTooLong, MAX_TEXT_CHARS, toBoundedLine } from '../record/line-limit.ts'
import { type MessageContent, TEXT_FIELDS } from '../record/message-content.ts'
import { createRedactor } from './redactor.ts'

export interface LineRedactionOptions {
  /** Names of fields whose whole value is redacted, in addition to those of secrets. */
  readonly fields?: readonly string[]
  /** `full` keeps the text of messages and replies. */
  readonly messageContent?: MessageContent
}

/**
 * Characters that JSON allows and that could change how a terminal or log viewer shows a line: DEL
 * and C1 controls, direction marks and overrides, line and paragraph separators, byte-order marks,
 * tag characters, lone surrogates. JSON itself escapes the controls below U+0020.
 */
const UNSAFE = /[\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uD800-\uDFFF]/
const UNSAFE_CHARACTERS = /[\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\p{Cs}\u{E0000}-\u{E007F}]/gu

/**
 * Creates the last step before every sink: it redacts a line of JSON, bounds its length, and
 * escapes unsafe characters. A line that needs no change is returned unchanged. A line that is not
 * a JSON object becomes the text of a new record. Never throws.
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
      // Escaping may triple the length.
      const safe = toSafeLine(line)
      return isTooLong(safe) ? toBoundedLine(redacted, encode) : safe
    } catch {
      // Not JSON, or nested too deeply for the stack.
      return strayLine(line)
    }
  }

  function strayLine(line: string): string {
    const text = redactor.text(cutText(line, MAX_TEXT_CHARS, redactor.text))
    const head = { level: 'WARNING', level_number: 30, time: '1970-01-01T00:00:00.000Z', module: 'logging', function: 'redact' }
    return toBoundedLine({ ...head, msg: 'Line is not a record', text }, encode)
  }

  /** Cuts long texts before redaction, to process no more than is written. */
  function cutTexts(record: object): object {
    const cut = (_name: string, value: unknown) =>
      typeof value === 'string' ? cutText(value, MAX_TEXT_CHARS, redactor.text) : value
    return JSON.parse(JSON.stringify(record, cut))
  }
}

function encode(record: object): string {
  return toSafeLine(JSON.stringify(record))
}

/** Escapes unsafe characters of a JSON line, which occur in its strings only. */
export function toSafeLine(line: string): string {
  return UNSAFE.test(line) ? line.replace(UNSAFE_CHARACTERS, escapeUnits) : line
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
