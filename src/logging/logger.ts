import { type Logger, pino } from 'pino'
import { createLevelControl, type LevelControl } from './level-control.ts'
import { toErrorRecord } from './record/error-record.ts'
import { type LevelName, levelFields, levelMethod } from './record/levels.ts'
import { MAX_LINE_BYTES } from './record/line-limit.ts'
import { currentLogContext } from './record/log-context.ts'
import { toMicroseconds, toPlain } from './record/plain-value.ts'
import { createLineRedactor, type LineRedactionOptions, toSafeLine } from './redaction/redact-line.ts'
import { createRedactor } from './redaction/redactor.ts'
import { type LogState, startLogTransport } from './writing/log-transport.ts'

export interface LoggerOptions {
  /** Least level that is written. */
  readonly level: LevelName
  /** Directory of the log files; made, for its owner alone, where it is missing. */
  readonly dir: string
  /** Size from which on a log file is followed by the next; 100 MiB by default. */
  readonly maxFileBytes?: number
  /** How lines look on standard output, if they go there at all. */
  readonly terminal: 'text' | 'json' | 'none'
  /** Name of the service, on every record; `chatbot` by default. */
  readonly service?: string
  /** What a line gets from where it is written beside the ids of the log context: those of the active span. Called once a line. */
  readonly context?: () => object | undefined
  /** What is redacted in every line, besides what always is. */
  readonly redaction?: LineRedactionOptions
  /** Milliseconds since 1970; the system's clock by default. */
  readonly now?: () => number
}

const MAX_FILE_BYTES = 100 * 1024 * 1024

export interface AppLogger {
  readonly logger: Logger
  /** Which lines are written; a change takes effect once the logger's own level lets its lines through. */
  readonly levels: LevelControl
  readonly state: LogState
  /** Writes what is still under way and ends the worker; lines that come later are lost. */
  close(): Promise<void>
}

/** Keys that the record itself writes, and those that no object may have of its own without trouble; a line's own get a `_` after them. */
const RESERVED = new Set(['time', 'level', 'level_number', 'msg', ...Object.getOwnPropertyNames(Object.prototype)])

/** A logger's bindings, taken over from pino; children see their parent's through the prototype. */
const BINDINGS = Symbol('bindings')
/** Where pino keeps them: as JSON text, `,"key":value` after `,"key":value`. */
const BOUND_TEXT: typeof pino.symbols.chindingsSym = pino.symbols.chindingsSym

interface PinoInternals {
  [BOUND_TEXT]: string
  [BINDINGS]?: object
}

/**
 * Makes the logger: a pino logger whose records have `time` (ISO 8601, UTC, milliseconds), `level` and `level_number`, `service`, `module` and
 * `function` (`app` and `main` unless a line or a child says otherwise), `msg`, the context, and `err`. No key stands twice in a record: what a
 * line brings wins over its logger's bindings, those over the context. Lines are in the file within about 100 ms; a line costs some µs.
 */
export function createLogger(options: LoggerOptions): AppLogger {
  const {
    level,
    dir,
    maxFileBytes = MAX_FILE_BYTES,
    terminal,
    service = 'chatbot',
    context,
    redaction = {},
    now = Date.now,
  } = options
  const redact = createRedactor(redaction).text
  const redactLine = createLineRedactor(redaction)
  const transport = startLogTransport(
    { dir, maxFileBytes, terminal, redaction },
    {
      complain: line => process.stderr.write(line),
      onDrop: dropped =>
        logger.warn({ module: 'logging', function: 'report_drops', dropped_lines: dropped }, 'Log lines dropped'),
    },
  )
  const levels = createLevelControl(level)
  const logger = pino(
    {
      level: levelMethod(level),
      base: null,
      timestamp: createTimestamp(now),
      formatters: { level: levelFields },
      // An error among a logger's bindings; one that a line brings is a record by the time it comes here.
      serializers: { err: value => (value instanceof Error ? toErrorRecord(value, redact) : value) },
      mixin: (facts, _, logger) => ({
        service,
        module: 'app',
        function: 'main',
        ...context?.(),
        ...currentLogContext(),
        ...takeBindings(logger as unknown as PinoInternals),
        ...plainFacts(facts, redact),
      }),
      mixinMergeStrategy: (_, record) => record,
      hooks: {
        logMethod(args, write, number) {
          if (levels.overrides.length > 0 && !isAdmitted(levels, this, args[0], number)) return
          try {
            write.apply(this, args)
          } catch {
            // What was to be logged has code of its own that throws: the line says so, and whoever logs goes on.
            write.call(this, { unreadable: true }, typeof args[1] === 'string' ? args[1] : 'A line that cannot be read')
          }
        },
      },
    },
    {
      // The worker redacts; here is done what cannot wait for it: half a character would not survive the way, and a line too long fills the queue.
      write: line =>
        transport.write(line.length > MAX_LINE_BYTES ? `${redactLine(line)}\n` : line.isWellFormed() ? line : toSafeLine(line)),
    },
  )
  return {
    logger,
    levels,
    get state() {
      return transport.state
    },
    close: transport.close,
  }
}

/** The time of now as pino wants it. To format it is a fifth of what a line costs, so lines of the same millisecond share the text. */
function createTimestamp(now: () => number): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const millisecond = now()
    if (millisecond !== at) text = `,"time":"${new Date(millisecond).toISOString()}"`
    at = millisecond
    return text
  }
}

/** Whether a line is written while some lines have a level of their own. Whose it is, the line itself says first, then its logger, then the context. */
function isAdmitted(levels: LevelControl, logger: Logger, facts: unknown, number: number): boolean {
  const { level } = levelFields(pino.levels.labels[number] ?? 'info')
  const sources = [facts, takeBindings(logger as unknown as PinoInternals), currentLogContext()]
  const find = (name: string) => sources.map(source => readText(source, name)).find(text => text !== undefined)
  return levels.admits(level, find('module'), find('session_id'))
}

function readText(source: unknown, name: string): string | undefined {
  try {
    const value = (source as Readonly<Record<string, unknown>> | null | undefined)?.[name]
    return typeof value === 'string' ? value : undefined
  } catch {
    // A getter that throws says nothing about whose line it is.
    return undefined
  }
}

/**
 * A logger's bindings as an object. pino would put their text before the line's own keys, repeated ones and all; so the text is
 * taken from it, once for each logger that writes at all, so that one object holds every key once.
 */
function takeBindings(logger: PinoInternals): object | undefined {
  const text = logger[BOUND_TEXT]
  if (text !== '') {
    logger[BINDINGS] = { ...logger[BINDINGS], ...withoutReserved(JSON.parse(`{${text.slice(1)}}`)) }
    logger[BOUND_TEXT] = ''
  }
  return logger[BINDINGS]
}

/** What a line brings, as what JSON can say. */
function plainFacts(facts: object, redact: (text: string) => string): object {
  const kept: Record<string, unknown> = {}
  try {
    for (const name of Object.keys(facts)) kept[freeName(name)] = readFact(facts, name, redact)
  } catch {
    // A proxy that does not tell its names: the line is written with what could be read.
    kept.unreadable = true
  }
  return kept
}

function readFact(facts: object, name: string, redact: (text: string) => string): unknown {
  try {
    const value = toMicroseconds(name, (facts as Readonly<Record<string, unknown>>)[name])
    return name === 'err' && value !== undefined ? toPlain(toErrorRecord(value, redact), redact) : toPlain(value, redact)
  } catch {
    // A getter that throws.
    return '[unreadable]'
  }
}

function withoutReserved(bindings: object): object {
  return Object.fromEntries(Object.entries(bindings).map(([name, value]) => [freeName(name), value]))
}

function freeName(name: string): string {
  // A name like a number would come before all others when the line is written anew, the level included that says where it goes.
  return RESERVED.has(name) || /^\d+$/.test(name) ? `${name}_` : name
}
