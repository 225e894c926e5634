import { LEVELS, type LevelName } from '../record/levels.ts'
import type { LogRecord } from '../record/text-format.ts'
import type { TimeRange } from './file-list.ts'

/** Conditions for lines; a line must meet all of them. */
export interface LogQuery extends TimeRange {
  /** Lowest level. */
  readonly level?: LevelName
  /** Allowed values of fields; absent fields are not checked. */
  readonly fields?: Readonly<Partial<Record<QueryField, readonly string[]>>>
  /** Must match the JSON text of the line. */
  readonly pattern?: RegExp
  /** The JSON text of the line contains at least one of these. Lines without are not parsed. */
  readonly texts?: readonly string[]
}

export type QueryField = 'module' | 'session_id' | 'turn_id' | 'trace_id' | 'request_id' | 'user_id'

/** A compiled query. */
export interface LineFilter {
  /** Byte strings of which each matching line contains at least one; empty if unknown. */
  readonly marks: readonly Buffer[]
  /** First and last time of matching lines, as ISO 8601 in UTC with milliseconds. */
  readonly times: readonly [string, string]
  /** Whether a line is worth parsing. */
  mayMatch(line: string): boolean
  matches(record: LogRecord | undefined, line: string): boolean
}

/** The most selective first. The first one in a query is searched as bytes. */
const FIELDS: readonly QueryField[] = ['turn_id', 'request_id', 'trace_id', 'session_id', 'user_id', 'module']

/** Characters that JSON writes literally or as `\u00..`. */
const PLAIN = /^[\w .:@+-]+$/

/** A pattern without special characters is a plain text. */
const LITERAL = /^[\w "':;,=@/&%#!<>~`-]+$/

/** A plain character may be escaped in JSON, so lines with such an escape are checked too. */
const ESCAPE = Buffer.from('\\u00')

/** Frequent characters of log lines, the most frequent first. */
const COMMON = '"e,:0_123456789tainrsdolcumphg -fbyvwTZ.'

const FIRST_TIME = '0000'
const LAST_TIME = '~'

/** Compiles a query. */
export function compileQuery({ level, fields = {}, pattern, texts, since, until }: LogQuery): LineFilter {
  const wanted = FIELDS.flatMap(name => (fields[name] === undefined ? [] : [{ name, values: new Set(fields[name]) }]))
  const levels = new Set<unknown>(
    level === undefined ? [] : LEVELS.slice(LEVELS.findIndex(({ name }) => name === level)).map(({ name }) => name),
  )
  return {
    marks: texts === undefined ? findMarks(wanted[0]?.values, levels, pattern) : texts.map(text => Buffer.from(fromRarest(text))),
    times: [since === undefined ? FIRST_TIME : toTime(since), until === undefined ? LAST_TIME : toTime(until)],
    mayMatch: line => texts === undefined || texts.some(text => line.includes(text)),
    matches: (record, line) =>
      (level === undefined || levels.has(record?.level)) &&
      wanted.every(({ name, values }) => values.has(String(record?.[name])) || lists(record?.[`${name}s`], values)) &&
      (pattern === undefined || pattern.test(line)),
  }
}

/** Whether a line about several turns or sessions (`session_ids`) lists one of the values. */
function lists(listed: unknown, values: ReadonlySet<string>): boolean {
  return Array.isArray(listed) && listed.some(value => values.has(String(value)))
}

function findMarks(
  values: ReadonlySet<string> | undefined,
  levels: ReadonlySet<unknown>,
  pattern: RegExp | undefined,
): readonly Buffer[] {
  if (values !== undefined && [...values].every(isPlain)) return [...[...values].map(value => Buffer.from(value)), ESCAPE]
  if (pattern?.flags === '' && LITERAL.test(pattern.source)) return [Buffer.from(fromRarest(pattern.source))]
  return levels.size === 0 || levels.size === LEVELS.length ? [] : [...[...levels].map(name => Buffer.from(`${name}"`)), ESCAPE]
}

/** Whether JSON can write a value in one way only; a number has several. */
function isPlain(value: string): boolean {
  return PLAIN.test(value) && Number.isNaN(Number(value))
}

/**
 * Cuts a text before its rarest character: a search that looks for the first byte then rarely
 * stops.
 */
function fromRarest(text: string): string {
  const rarity = [...text.slice(0, Math.max(1, text.length - 3))].map(letter => COMMON.indexOf(letter) + 1 || COMMON.length + 1)
  const rarest = rarity.indexOf(Math.max(...rarity))
  return text.slice(rarest)
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
