import { type Logger, pino } from 'pino'
import { toErrorRecord } from './error-record.ts'
import { type LevelName, levelFields, levelMethod } from './levels.ts'
import { currentLogContext } from './log-context.ts'
import { type LogState, startLogTransport } from './log-transport.ts'

export interface LoggerOptions {
  /** Least level that is written. */
  readonly level: LevelName
  /** Directory of the log files; made, for its owner alone, where it is missing. */
  readonly dir: string
  /** How lines look on standard output, if they go there at all. */
  readonly terminal: 'text' | 'json' | 'none'
  /** Name of the service, on every record; `chatbot` by default. */
  readonly service?: string
  /** What a line gets from where it is written beside the ids of the log context: those of the active span. Called once a line. */
  readonly context?: () => object | undefined
}

export interface AppLogger {
  readonly logger: Logger
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
export function createLogger({ level, dir, terminal, service = 'chatbot', context }: LoggerOptions): AppLogger {
  const transport = startLogTransport({ dir, terminal }, line => process.stderr.write(line))
  const logger = pino(
    {
      level: levelMethod(level),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: levelFields },
      serializers: { err: toErrorRecord },
      mixin: (facts, _, logger) => ({
        service,
        module: 'app',
        function: 'main',
        ...context?.(),
        ...currentLogContext(),
        ...takeBindings(logger as unknown as PinoInternals),
        ...withoutReserved(facts),
      }),
      mixinMergeStrategy: (_, record) => record,
    },
    transport,
  )
  return {
    logger,
    get state() {
      return transport.state
    },
    close: transport.close,
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

function withoutReserved(facts: object): object {
  const kept: Record<string, unknown> = {}
  try {
    for (const [key, value] of Object.entries(facts)) kept[RESERVED.has(key) ? `${key}_` : key] = value
  } catch {
    // A getter that throws: the line is written with what could be read.
    kept.unreadable = true
  }
  return kept
}
