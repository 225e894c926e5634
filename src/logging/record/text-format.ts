import { escapeCharacter, escapeControls } from '../../text/printing/printable.ts'

/** A parsed log line. All other fields are context. */
export interface LogRecord {
  readonly time?: unknown
  readonly level?: unknown
  readonly module?: unknown
  readonly function?: unknown
  readonly msg?: unknown
  readonly err?: unknown
  readonly [key: string]: unknown
}

/** Fields that are shown elsewhere in the line, or are the same in every line. */
const NOT_CONTEXT = new Set(['time', 'level', 'level_number', 'module', 'function', 'msg', 'service', 'err'])

const COLOURS: Readonly<Record<string, string>> = { DEBUG: '90', INFO: '32', WARNING: '33', ERROR: '31', CRITICAL: '1;31' }

/** Shown if a record has no valid time or level, to keep the form of the line. */
const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z'
const UNKNOWN_LEVEL = 'WARNING'
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** A value that needs no quotes after `key=`. */
const BARE = /^[^\s"=\\]+$/u

/**
 * Renders a record as one line of text, `TIME [LEVEL] [module] [function] message key=value …`,
 * without a line break. For any record the result is one line that is safe to print and that the
 * grok pattern of this form parses.
 *
 * @param colour Whether to colour the level.
 */
export function renderText(record: LogRecord, colour = false): string {
  const level = typeof record.level === 'string' && Object.hasOwn(COLOURS, record.level) ? record.level : UNKNOWN_LEVEL
  const shownLevel = colour ? `\u001B[${COLOURS[level] ?? '0'}m${level}\u001B[0m` : level
  const head = `${typeof record.time === 'string' && TIME.test(record.time) ? record.time : UNKNOWN_TIME} [${shownLevel}] [${bracketed(record.module)}] [${bracketed(record.function)}] `
  const context = Object.entries(record).filter(([key]) => !NOT_CONTEXT.has(key))
  const words = [
    ...(record.msg === undefined ? [] : [escapeControls(asText(record.msg))]),
    ...toWords(context),
    ...(record.err === undefined ? [] : [`err=${quoted(describeError(record.err))}`]),
  ]
  return head + words.join(' ')
}

/**
 * Renders fields as `key=value …`, safe to print like a record's context. Skips undefined values.
 */
export function renderFields(fields: Readonly<Record<string, unknown>>): string {
  return toWords(Object.entries(fields)).join(' ')
}

/** Describes an error and its causes without stacks. */
function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return asText(error)
  const { type, code, message, cause } = error as Readonly<Record<string, unknown>>
  const head = [type, code].filter(part => part !== undefined).map(asText)
  const words = `${head.join(' ')}: ${asText(message ?? '')}`
  return cause === undefined ? words : `${words} ← ${describeError(cause)}`
}

function toWords(fields: readonly (readonly [string, unknown])[]): readonly string[] {
  return fields.filter(([, value]) => value !== undefined).map(([key, value]) => `${quoted(key)}=${quoted(asText(value))}`)
}

function bracketed(name: unknown): string {
  return escapeControls(asText(name ?? '')).replace(/[[\]]/g, escapeCharacter)
}

function quoted(text: string): string {
  return BARE.test(text) && escapeControls(text) === text ? text : `"${escapeControls(text).replaceAll('"', '\\"')}"`
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
