import type { LevelName } from '../../logging/record/levels.ts'
import type { Fingerprint } from '../analysis/errors/fingerprint.ts'
import { maskQuotes } from './quoted-text.ts'
import { CUT, type Frame, framesOf } from './stack-frames.ts'

/** A redacted line of the log, parsed. */
type LogLine = Readonly<Record<string, unknown>>
export type ReportFacts = Readonly<Record<string, string | number | boolean>>

/** An error or one of its causes. */
export interface ReportedError {
  readonly type: string
  /**
   * The text of the error. What varies, and what it quotes of the user's message, is `<*>`. If it
   * may quote a user and the message is not known, `TEXT_WITHHELD`.
   */
  readonly template: string
  readonly frames: readonly Frame[]
}

/** What happened before an error, from an earlier line of its trace. */
export interface Breadcrumb {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: LevelName
  readonly module: string
  readonly message: string
  readonly facts: ReportFacts
}

/** An error as it may leave the server: without texts of users, and with pseudonyms. */
export interface ErrorReport extends Omit<Breadcrumb, 'level'> {
  readonly level: 'ERROR' | 'CRITICAL'
  /** The same for all errors of a kind. */
  readonly fingerprint: string
  /** The error of the line and its causes, outermost first; empty for a line without an error. */
  readonly errors: readonly ReportedError[]
  /** 32 hexadecimal digits; undefined for an error outside a trace. */
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  /** Pseudonym. */
  readonly userId: string | undefined
  /** Method and route template of the request. */
  readonly route: string | undefined
  /** The command that shows the lines of the request. */
  readonly linesCommand: string | undefined
  readonly breadcrumbs: readonly Breadcrumb[]
}

export interface ReportOptions {
  readonly fingerprintOf: (line: LogLine) => Fingerprint
  /** Replaces what varies in the text of an error. */
  readonly templateOf: (text: string) => string
  readonly linesCommand: (line: LogLine) => string | undefined
  /** Path of the server's code, whose files are named relative to it. */
  readonly root: string
  readonly maxBreadcrumbs: number
}

export const TEXT_WITHHELD = '(not sent: it may quote a user)'

const MAX_CAUSES = 5
/** Characters of the text of an error that are sent. */
const MAX_TEXT_CHARS = 1000
const PSEUDONYM = /^u_[\w-]{22}$/
/** Fields of lines with texts of users and replies to them. */
const USER_TEXTS = ['message_text', 'response_text'] as const
/** Routes that take texts of users. */
const TAKES_TEXT = /^\/(?:chat|search|turns|documents|webhooks|admin\/sessions)\b/
const MAX_FACT_CHARS = 200
/** Facts that are texts. Others may quote users, documents or paths. */
const TEXT_FACTS: ReadonlySet<string> = new Set([
  'function',
  'code',
  'method',
  'route',
  'kind',
  'reason',
  'command',
  'job',
  'rule',
  'channel',
  'signal',
  'request_id',
  'turn_id',
  'session_id',
  'key_id',
])
const NO_FACTS: ReadonlySet<string> = new Set(['level_number'])

/**
 * Makes the report of a line at ERROR or CRITICAL; `earlier` are lines of its trace in order. The
 * last `maxBreadcrumbs` are reported.
 */
export function makeErrorReport(line: LogLine, earlier: readonly LogLine[], options: ReportOptions): ErrorReport {
  const { id, message } = options.fingerprintOf(line)
  const quotable = quotableTexts(line, earlier)
  // Masks first: a template no longer has the words that the message has.
  const templateOf = (text: string) =>
    quotable === undefined ? TEXT_WITHHELD : options.templateOf(maskQuotes(text.slice(0, MAX_TEXT_CHARS), quotable))
  return {
    ...describe(line),
    message,
    level: line.level === 'CRITICAL' ? 'CRITICAL' : 'ERROR',
    fingerprint: id,
    errors: causesOf(line.err).map(error => ({
      type: textOf(error, 'type') ?? 'Error',
      template: templateOf(textOf(error, 'message') ?? ''),
      frames: framesOf(textOf(error, 'stack') ?? '', options.root),
    })),
    traceId: textOf(line, 'trace_id'),
    spanId: textOf(line, 'span_id'),
    userId: PSEUDONYM.exec(textOf(line, 'user_id') ?? '')?.[0],
    route: [textOf(line, 'method'), textOf(line, 'route')].filter(Boolean).join(' ') || undefined,
    linesCommand: options.linesCommand(line),
    breadcrumbs: earlier.slice(-options.maxBreadcrumbs).map(describe),
  }
}

/** Texts that an error may quote; undefined if it may quote others, or parts that were cut. */
function quotableTexts(line: LogLine, earlier: readonly LogLine[]): readonly string[] | undefined {
  const texts = earlier.flatMap(line => USER_TEXTS.flatMap(name => textOf(line, name) ?? []))
  if (texts.some(text => CUT.test(text))) return undefined
  const request = textOf(line, 'request_id')
  const route = textOf(line, 'route')
  const isKnown = earlier.some(line => line.request_id === request && textOf(line, 'message_text') !== undefined)
  const takesText = request !== undefined && (route === undefined || TAKES_TEXT.test(route))
  return isKnown || !takesText ? texts : undefined
}

function describe(line: LogLine): Breadcrumb {
  return {
    at: Date.parse(textOf(line, 'time') ?? ''),
    level: (textOf(line, 'level') ?? 'INFO') as LevelName,
    module: textOf(line, 'module') ?? 'app',
    message: textOf(line, 'msg') ?? '',
    facts: Object.fromEntries(Object.entries(line).flatMap(([name, value]) => (isFact(name, value) ? [[name, value]] : []))),
  }
}

function isFact(name: string, value: unknown): value is string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return !NO_FACTS.has(name)
  return typeof value === 'string' && TEXT_FACTS.has(name) && value.length <= MAX_FACT_CHARS
}

function causesOf(error: unknown): readonly LogLine[] {
  const found: LogLine[] = []
  for (let next = error; typeof next === 'object' && next !== null && found.length < MAX_CAUSES; ) {
    found.push(next as LogLine)
    next = (next as LogLine).cause
  }
  return found
}

function textOf(line: LogLine, name: string): string | undefined {
  const value = line[name]
  return typeof value === 'string' ? value : undefined
}
