import type { LogRecord } from '../record/text-format.ts'
import type { LogFile } from './file-list.ts'
import type { LineFilter } from './log-query.ts'

/** A line that matches a query. */
export interface LogLine {
  readonly file: LogFile
  /** Line number in the file, from 1; undefined if lines were not counted. */
  readonly number: number | undefined
  /** Text of the line, without its line break. */
  readonly text: string
  /** Undefined if the line is not a JSON object. */
  readonly record: LogRecord | undefined
  /**
   * Its time in milliseconds since 1970. If it has none, or an earlier one, the time of the line
   * before: it never decreases.
   */
  readonly at: number
}

export interface ScanOptions {
  /**
   * Whether to number lines. This visits every line; otherwise lines without a mark are skipped.
   */
  readonly numbered: boolean
  /** Time of the lines before the first one that has a time. */
  readonly startsAt: number
}

const NEWLINE = 10
const OPENING_BRACE = 123
const BACKSLASH = 92
const TIME_KEY = Buffer.from('"time":"')
const TIME_LENGTH = 24
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
/**
 * Bytes of a line that are searched for its time before parsing. The logger writes it after about
 * 40 bytes.
 */
const HEAD_LENGTH = 96

/**
 * Creates a function that takes the blocks of a file in order and returns the matching lines of
 * each. A line is parsed only if its bytes contain a searched text and its time may be in range.
 */
export function createLineScanner(
  file: LogFile,
  filter: LineFilter,
  options: ScanOptions,
): (block: Buffer) => readonly LogLine[] {
  const [first, last] = filter.times
  const isTimed = first.length === TIME_LENGTH || last.length === TIME_LENGTH
  const isJumping = filter.marks.length > 0 && !options.numbered
  let at = options.startsAt
  let number = 0

  function take(text: string): LogLine | undefined {
    if (!filter.mayMatch(text)) return undefined
    const record = parse(text)
    const time = typeof record?.time === 'string' ? Date.parse(record.time) : Number.NaN
    if (isTimed && isOutside(Number.isNaN(time) ? at : time)) return undefined
    if (!filter.matches(record, text)) return undefined
    if (time > at) at = time
    return { file, number: options.numbered ? number : undefined, text, record, at }
  }

  function isOutside(time: number): boolean {
    if (time === Number.NEGATIVE_INFINITY) return first.length === TIME_LENGTH
    const iso = new Date(time).toISOString()
    return iso < first || iso > last
  }

  return block => {
    const lines: LogLine[] = []
    const findMark = isJumping ? createFinder(block, filter.marks) : undefined
    const findTime = createFinder(block, [TIME_KEY])
    let start = 0
    while (start < block.length) {
      if (findMark !== undefined) {
        const mark = findMark(start)
        if (mark === block.length) break
        if (mark > start) start = block.lastIndexOf(NEWLINE, mark - 1) + 1
      }
      const newline = block.indexOf(NEWLINE, start)
      const end = newline < 0 ? block.length : newline
      number++
      const time = isTimed ? readHeadTime(block, start, findTime(start)) : undefined
      if (time === undefined || (time >= first && time <= last)) {
        const text = block.toString('utf8', start, block[end - 1] === 13 ? end - 1 : end)
        const line = text === '' ? undefined : take(text)
        if (line !== undefined) lines.push(line)
      }
      start = end + 1
    }
    return lines
  }
}

/**
 * Creates a function that returns the next occurrence of any of some texts at or after a position,
 * or the block's length. The position must not decrease between calls.
 */
function createFinder(block: Buffer, texts: readonly Buffer[]): (from: number) => number {
  const places = texts.map(() => -1)
  return from => {
    let nearest = block.length
    for (let i = 0; i < texts.length; i++) {
      let place = places[i]!
      if (place < from) {
        place = block.indexOf(texts[i]!, from)
        if (place < 0) place = block.length
        places[i] = place
      }
      if (place < nearest) nearest = place
    }
    return nearest
  }
}

/**
 * Reads the time near the start of a line, if it is certainly the record's own: no nested object
 * and no escape, which could hide another key, comes before it.
 */
function readHeadTime(block: Buffer, start: number, key: number): string | undefined {
  if (key - start > HEAD_LENGTH || key + TIME_KEY.length + TIME_LENGTH > block.length) return undefined
  for (let i = start + 1; i < key; i++) {
    const byte = block[i]
    if (byte === OPENING_BRACE || byte === BACKSLASH || byte === NEWLINE) return undefined
  }
  const time = block.toString('latin1', key + TIME_KEY.length, key + TIME_KEY.length + TIME_LENGTH)
  return ISO_TIME.test(time) ? time : undefined
}

function parse(text: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LogRecord) : undefined
  } catch {
    // Not JSON: the line is returned without a record.
    return undefined
  }
}
