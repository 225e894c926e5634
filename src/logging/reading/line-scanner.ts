import type { LogRecord } from '../record/text-format.ts'
import type { LogFile } from './file-list.ts'
import type { LineFilter } from './log-query.ts'

/** A line that was wanted. */
export interface LogLine {
  readonly file: LogFile
  /** Its place in the file, from 1; undefined where lines were not counted. */
  readonly number: number | undefined
  /** As it stands in the file, without its line break. */
  readonly text: string
  /** Undefined where the line is not a JSON object. */
  readonly record: LogRecord | undefined
  /** Its time in milliseconds since 1970, or that of a line before it where that is later or where it has none: within a file it never falls. */
  readonly at: number
}

export interface ScanOptions {
  /** Whether lines get their numbers; then every line is visited, where otherwise those without a mark are jumped over. */
  readonly numbered: boolean
  /** The time of lines that come before any with a time of its own. */
  readonly startsAt: number
}

const NEWLINE = 10
const OPENING_BRACE = 123
const BACKSLASH = 92
const TIME_KEY = Buffer.from('"time":"')
const TIME_LENGTH = 24
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
/** How far into a line its time is looked for before the line is parsed; ours have it after some 40 bytes. */
const HEAD_LENGTH = 96

/**
 * Makes a function that takes the blocks of a file in turn and gives the wanted lines of each. A line is parsed only if its bytes cannot rule it
 * out: they may tell that a wanted text is nowhere in it, or that its time is out of range.
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

/** Makes a function that finds the next of some texts from a position on, which must not fall; the block's length where there is none. */
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

/** The time near a line's beginning, if it surely is the record's own: before it there is no other object, and no text that could feign its key. */
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
    // What is no JSON is a line all the same: whoever reads it is told so by the missing record.
    return undefined
  }
}
