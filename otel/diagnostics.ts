import { DiagConsoleLogger, type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { diagLogLevelFromString, getStringFromEnv, setGlobalErrorHandler } from '@opentelemetry/core'

/** Different texts that may wait; beyond that they are only counted. */
const MAX_WAITING = 20
/** For this long a text is not told again. */
const SILENCE_MS = 3_600_000
const MAX_REMEMBERED = 500
const MAX_TEXT_LENGTH = 2000
/** What is said better by `readOtlpDestination`: once, with the name of the variable, and without what the address may hold of credentials. */
const SAID_BY_US = /^Configuration: .*URL/

/** Something that telemetry has to say about itself, a setting that makes no sense for instance. */
export interface Diagnostic {
  readonly text: string
  /** The first of what was thrown, if anything was. */
  readonly error: Error | undefined
}

const waiting = new Map<string, Diagnostic>()
const toldAt = new Map<string, number>()
let leftOut = 0

/**
 * Keeps from now on what telemetry warns of, for `takeDiagnostics`. What `OTEL_LOG_LEVEL` asks for is written to the terminal as well. The SDK has a
 * logger of its own where that is set, so this has to be called again when it has been made.
 */
export function collectDiagnostics(): void {
  const asked = readLogLevel()
  diag.setLogger(createCollectingLogger(asked === undefined ? undefined : createTerminalLogger(asked)), {
    logLevel: Math.max(asked ?? DiagLogLevel.NONE, DiagLogLevel.WARN),
    suppressOverrideMessage: true,
  })
  // These are attempts to send that failed, which `export-state.ts` knows of: they are told when they begin and when they end.
  setGlobalErrorHandler(error => {
    if (asked !== undefined) createTerminalLogger(asked).error?.(describe(error))
  })
}

/**
 * Takes what waits to be told, oldest first, `max` at most, and how many were left out since the last time because too many waited. A text that
 * was taken within the last hour is not there again.
 */
export function takeDiagnostics(max: number): { readonly diagnostics: readonly Diagnostic[]; readonly leftOut: number } {
  const diagnostics = [...waiting.values()].slice(0, max)
  if (toldAt.size > MAX_REMEMBERED) toldAt.clear()
  for (const { text } of diagnostics) {
    waiting.delete(text)
    toldAt.set(text, performance.now())
  }
  const taken = { diagnostics, leftOut }
  leftOut = 0
  return taken
}

/** Keeps something to be told, as if telemetry had warned of it. */
export function addDiagnostic(...said: readonly unknown[]): void {
  // Where all instruments fail, they mostly fail of the same.
  const text = [...new Set(said.map(describe))].join(' ').slice(0, MAX_TEXT_LENGTH)
  if (SAID_BY_US.test(text) || waiting.has(text)) return
  const before = toldAt.get(text)
  if (before !== undefined && performance.now() - before < SILENCE_MS) return
  if (waiting.size >= MAX_WAITING) leftOut++
  else waiting.set(text, { text, error: said.find(part => part instanceof Error) })
}

function readLogLevel(): DiagLogLevel | undefined {
  const name = getStringFromEnv('OTEL_LOG_LEVEL')
  // It warns where there is no such level, which has to be kept.
  if (name !== undefined) diag.setLogger(createCollectingLogger(undefined), { suppressOverrideMessage: true })
  return diagLogLevelFromString(name)
}

function createCollectingLogger(terminal: Partial<DiagLogger> | undefined): DiagLogger {
  return {
    error(...said) {
      addDiagnostic(...said)
      terminal?.error?.(...said)
    },
    warn(...said) {
      addDiagnostic(...said)
      terminal?.warn?.(...said)
    },
    info: (...said) => terminal?.info?.(...said),
    debug: (...said) => terminal?.debug?.(...said),
    verbose: (...said) => terminal?.verbose?.(...said),
  }
}

/** The methods that a level lets through. */
function createTerminalLogger(level: DiagLogLevel): Partial<DiagLogger> {
  const { error, warn, info, debug, verbose } = new DiagConsoleLogger()
  return {
    ...(level >= DiagLogLevel.ERROR && { error }),
    ...(level >= DiagLogLevel.WARN && { warn }),
    ...(level >= DiagLogLevel.INFO && { info }),
    ...(level >= DiagLogLevel.DEBUG && { debug }),
    ...(level >= DiagLogLevel.VERBOSE && { verbose }),
  }
}

function describe(said: unknown): string {
  if (typeof said === 'string') return said
  if (said instanceof Error) return `${said.name}: ${said.message}`
  try {
    return JSON.stringify(said) ?? String(said)
  } catch {
    // Circular, or an object that will not be read: its type has to do.
    return typeof said
  }
}
