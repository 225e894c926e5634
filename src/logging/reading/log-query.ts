import { LEVELS, type LevelName } from '../record/levels.ts'
import type { LogRecord } from '../record/text-format.ts'
import type { TimeRange } from './file-list.ts'

/** Which lines are wanted: those that meet all that is given. */
export interface LogQuery extends TimeRange {
  /** Least level. */
  readonly level?: LevelName
  /** What a field must be, one of several values each; a field that is left out may be anything. */
  readonly fields?: Readonly<Partial<Record<QueryField, readonly string[]>>>
  /** Must match the line as it stands in the file, JSON and all. */
  readonly pattern?: RegExp
}

export type QueryField = 'module' | 'session_id' | 'turn_id' | 'trace_id' | 'request_id' | 'user_id'

/** A query made ready for many lines. */
export interface LineFilter {
  /** A line without any of these bytes does not match, whatever else it holds; empty where nothing can be said of bytes alone. */
  readonly marks: readonly Buffer[]
  /** A line is not wanted whose time, as ISO 8601 in UTC with milliseconds, is less than the first or greater than the second. */
  readonly times: readonly [string, string]
  matches(record: LogRecord | undefined, line: string): boolean
}

/** From the one that fewest lines have; the first that a query names is searched for as bytes. */
const FIELDS: readonly QueryField[] = ['turn_id', 'request_id', 'trace_id', 'session_id', 'user_id', 'module']

/** Characters that JSON can write in one way only, or as `\u00..`. */
const PLAIN = /^[\w .:@+-]+$/

/** A pattern without anything special is a text. */
const LITERAL = /^[\w "':;,=@/&%#!<>~`-]+$/

/** Escapes are the one way to write a plain character as something else, so a line that has any is looked at as well. */
const ESCAPE = Buffer.from('\\u00')

/** What log lines consist of, the most common first; all other characters are rarer. */
const COMMON = '"e,:0_123456789tainrsdolcumphg -fbyvwTZ.'

const FIRST_TIME = '0000'
const LAST_TIME = '~'

/** Makes a query ready. */
export function compileQuery({ level, fields = {}, pattern, since, until }: LogQuery): LineFilter {
  const wanted = FIELDS.flatMap(name => (fields[name] === undefined ? [] : [{ name, values: new Set(fields[name]) }]))
  const levels = new Set<unknown>(
    level === undefined ? [] : LEVELS.slice(LEVELS.findIndex(({ name }) => name === level)).map(({ name }) => name),
  )
  return {
    marks: findMarks(wanted[0]?.values, levels, pattern),
    times: [since === undefined ? FIRST_TIME : toTime(since), until === undefined ? LAST_TIME : toTime(until)],
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

/** Whether JSON has one way only to write a value: a number has many. */
function isPlain(value: string): boolean {
  return PLAIN.test(value) && Number.isNaN(Number(value))
}

/** The part of a text from its rarest letter on: a search that looks for the first byte first seldom has to stop. */
function fromRarest(text: string): string {
  const rarity = [...text.slice(0, Math.max(1, text.length - 3))].map(letter => COMMON.indexOf(letter) + 1 || COMMON.length + 1)
  const rarest = rarity.indexOf(Math.max(...rarity))
  return text.slice(rarest)
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
