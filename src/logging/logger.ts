import { type Logger, pino } from 'pino'
import { createLevelControl, type LevelControl } from './level-control.ts'
import { toErrorRecord } from './record/error-record.ts'
import { type LevelName, levelFields, levelMethod } from './record/levels.ts'
import { createLineClock } from './record/line-clock.ts'
import { MAX_LINE_BYTES } from './record/line-limit.ts'
import { currentLogContext } from './record/log-context.ts'
import { toMicroseconds, toPlain } from './record/plain-value.ts'
import { createLineRedactor, type LineRedactionOptions } from './redaction/redact-line.ts'
import { createRedactor } from './redaction/redactor.ts'
import { type ConnectReader, type LogState, startLogTransport } from './writing/log-transport.ts'

export interface LoggerOptions {
  /** Lowest level that is written. */
  readonly level: LevelName
  /** Directory of the log files. Created with mode 0700 if missing. */
  readonly dir: string
  /** Size at which a new log file begins; 100 MiB by default. */
  readonly maxFileBytes?: number
  /** Format of lines on standard output; `none` writes no lines there. */
  readonly terminal: 'text' | 'json' | 'none'
  /** Service name on every record; `chatbot` by default. */
  readonly service?: string
  /**
   * Returns further fields for a line, such as the ids of the active span. Called once per line.
   */
  readonly context?: () => object | undefined
  /** Receives every line, before it is redacted. Must not throw. */
  readonly onLine?: (line: string) => void
  /** Redaction in addition to the built-in rules. */
  readonly redaction?: LineRedactionOptions
  /**
   * Time limit of `close` for a disk or terminal that does not take the remaining lines; 2000 by
   * default.
   */
  readonly closeTimeoutMs?: number
  /** Connects another reader of the redacted lines; none by default. */
  readonly connectReader?: ConnectReader
  /** Milliseconds since 1970; the system clock by default. */
  readonly now?: () => number
}

const MAX_FILE_BYTES = 100 * 1024 * 1024
const CLOSE_TIMEOUT_MS = 2000

export interface AppLogger {
  readonly logger: Logger
  /**
   * Decides which lines are written. To add detail, also lower the level of `logger` to
   * `levels.lowest`.
   */
  readonly levels: LevelControl
  readonly state: LogState
  /** Writes the remaining lines and ends the worker; later lines are dropped. */
  close(): Promise<void>
}

/**
 * Keys of the record itself, and names of Object.prototype. A field of a line with such a key gets
 * `_` appended.
 */
const RESERVED = new Set(['time', 'level', 'level_number', 'msg', ...Object.getOwnPropertyNames(Object.prototype)])

/**
 * Key of a logger's bindings, taken from pino. Children inherit their parent's through the
 * prototype.
 */
const BINDINGS = Symbol('bindings')
/** Key under which pino keeps bindings, as JSON text: `,"key":value,"key":value`. */
const BOUND_TEXT: typeof pino.symbols.chindingsSym = pino.symbols.chindingsSym
/** Key of pino's method that encodes a line. */
const ENCODE: typeof pino.symbols.asJsonSym = pino.symbols.asJsonSym

interface PinoInternals {
  [BOUND_TEXT]: string
  [BINDINGS]?: object
  [ENCODE](facts: object, message: string | undefined, number: number): string
}

const levelsByNumber = new Map(
  Object.entries(pino.levels.labels).map(([number, method]) => [Number(number), levelFields(method)]),
)

/**
 * Creates a pino logger. Its records have `time` (ISO 8601, UTC, milliseconds), `level`,
 * `level_number`, `service`, `module` and `function` (`app` and `main` by default), `msg`, the
 * context, and `err`. Keys are unique: a line's fields override its logger's bindings, which
 * override the context. Durations (`…_ms`) are rounded to microseconds. Lines reach the file within
 * about 100 ms; a line costs a few µs.
 */
export function createLogger(options: LoggerOptions): AppLogger {
  const {
    level,
    dir,
    maxFileBytes = MAX_FILE_BYTES,
    terminal,
    service = 'chatbot',
    context,
    onLine,
    redaction = {},
    closeTimeoutMs = CLOSE_TIMEOUT_MS,
    connectReader,
    now = Date.now,
  } = options
  const redact = createRedactor(redaction).text
  const redactLine = createLineRedactor(redaction)
  const transport = startLogTransport(
    { dir, maxFileBytes, terminal, redaction, closeTimeoutMs },
    {
      connectReader,
      complain: line => process.stderr.write(line),
      onDrop: dropped =>
        logger.warn({ module: 'logging', function: 'report_drops', dropped_lines: dropped }, 'Log lines dropped'),
    },
  )
  const levels = createLevelControl(level)
  const formatTime = createLineClock(now)

  // pino's own method and its mixin copy each record twice, and encode it value by value.
  function encode(this: PinoInternals, facts: object, message: string | undefined, number: number): string {
    const record: Record<string, unknown> = {
      ...levelsByNumber.get(number),
      time: formatTime(),
      service,
      module: 'app',
      function: 'main',
      ...context?.(),
      ...currentLogContext(),
      ...takeBindings(this),
    }
    addFacts(record, facts, redact)
    record.msg = message
    return JSON.stringify(record)
  }

  const logger = pino(
    {
      level: levelMethod(level),
      base: null,
      timestamp: false,
      // For an error among a logger's bindings. The error of a line has been converted before.
      serializers: { err: value => (value instanceof Error ? toErrorRecord(value, redact) : value) },
      hooks: {
        logMethod(args, write, number) {
          if (isEmpty(args)) return
          if (levels.overrides.length > 0 && !isAdmitted(levels, this, args[0], number)) return
          try {
            write.apply(this, args)
          } catch {
            // Code of the logged value threw. Logging must not fail, so the line is written without
            // it.
            write.call(this, { unreadable: true }, typeof args[1] === 'string' ? args[1] : 'Unreadable log line')
          }
        },
      },
    },
    {
      write(line) {
        onLine?.(line)
        // The worker redacts. A long line cannot wait for that: it would fill the queue.
        transport.write(line.length > MAX_LINE_BYTES ? redactLine(line) : line)
      },
    },
  )
  Object.assign(logger, { [ENCODE]: encode })
  return {
    logger,
    levels,
    get state() {
      return transport.state
    },
    close: transport.close,
  }
}

/** Whether a line has neither facts nor text. */
function isEmpty(args: readonly unknown[]): boolean {
  return args.length === 1 && args[0] === ''
}

/**
 * Whether the overrides admit a line. The module is read from the line, then from its logger, then
 * from the context.
 */
function isAdmitted(levels: LevelControl, logger: Logger, facts: unknown, number: number): boolean {
  const { level } = levelFields(pino.levels.labels[number] ?? 'info')
  const sources = [facts, takeBindings(logger as unknown as PinoInternals), currentLogContext()]
  const module = sources.map(source => readText(source, 'module')).find(text => text !== undefined)
  return levels.admits(level, module)
}

function readText(source: unknown, name: string): string | undefined {
  try {
    const value = (source as Readonly<Record<string, unknown>> | null | undefined)?.[name]
    return typeof value === 'string' ? value : undefined
  } catch {
    // A getter threw: the field counts as absent.
    return undefined
  }
}

/**
 * Moves a logger's bindings from pino's text to an object, once per logger. pino would write its
 * text before the line's own keys, even if a key occurs in both.
 */
function takeBindings(logger: PinoInternals): object | undefined {
  const text = logger[BOUND_TEXT]
  if (text !== '') {
    logger[BINDINGS] = { ...logger[BINDINGS], ...withoutReserved(JSON.parse(`{${text.slice(1)}}`)) }
    logger[BOUND_TEXT] = ''
  }
  return logger[BINDINGS]
}

/** Adds a line's fields to its record, as plain JSON values. */
function addFacts(record: Record<string, unknown>, facts: object, redact: (text: string) => string): void {
  try {
    for (const name of Object.keys(facts)) record[unreservedName(name)] = readFact(facts, name, redact)
  } catch {
    // A proxy refused to list its keys: the line has the fields read so far.
    record.unreadable = true
  }
}

function readFact(facts: object, name: string, redact: (text: string) => string): unknown {
  try {
    const value = toMicroseconds(name, (facts as Readonly<Record<string, unknown>>)[name])
    return name === 'err' && value !== undefined ? toPlain(toErrorRecord(value, redact), redact) : toPlain(value, redact)
  } catch {
    // A getter threw.
    return '[unreadable]'
  }
}

function withoutReserved(bindings: object): object {
  return Object.fromEntries(Object.entries(bindings).map(([name, value]) => [unreservedName(name), value]))
}

function unreservedName(name: string): string {
  // JavaScript puts numeric keys first, but `level` must come first because it selects the archive.
  return RESERVED.has(name) || /^\d+$/.test(name) ? `${name}_` : name
}
