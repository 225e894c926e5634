import { DiagConsoleLogger, type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { diagLogLevelFromString, getStringFromEnv, setGlobalErrorHandler } from '@opentelemetry/core'

/** Distinct texts kept for the log. Others are only counted. */
const MAX_WAITING = 20
/** A text is not logged again for this long. */
const REPEAT_AFTER_MS = 3_600_000
const MAX_REMEMBERED = 500
const MAX_TEXT_LENGTH = 2000
/**
 * `readOtlpDestination` reports these once, with the name of the variable and without credentials.
 */
const REPORTED_ELSEWHERE = /^Configuration: .*URL/

/** A message of the SDK about itself, such as an invalid setting. */
export interface Diagnostic {
  readonly text: string
  /** The first error passed along, if any. */
  readonly error: Error | undefined
}

const waiting = new Map<string, Diagnostic>()
const takenAt = new Map<string, number>()
let omitted = 0

/**
 * Collects the SDK's warnings for `takeDiagnostics`, and writes to the terminal what
 * `OTEL_LOG_LEVEL` asks for. The SDK installs its own logger if that variable is set, so call this
 * again after creating the SDK.
 */
export function collectDiagnostics(): void {
  const level = readLogLevel()
  diag.setLogger(createCollectingLogger(level === undefined ? undefined : createTerminalLogger(level)), {
    logLevel: Math.max(level ?? DiagLogLevel.NONE, DiagLogLevel.WARN),
    suppressOverrideMessage: true,
  })
  // Failed exports. `export-state.ts` tracks them, and the watchdog logs when they begin and end.
  setGlobalErrorHandler(error => {
    if (level !== undefined) createTerminalLogger(level).error?.(describe(error))
  })
}

/**
 * Takes at most `max` waiting diagnostics, oldest first, and the number omitted since the last call
 * because too many waited. A text returns at most once an hour.
 */
export function takeDiagnostics(max: number): { readonly diagnostics: readonly Diagnostic[]; readonly omitted: number } {
  const diagnostics = [...waiting.values()].slice(0, max)
  if (takenAt.size > MAX_REMEMBERED) takenAt.clear()
  for (const { text } of diagnostics) {
    waiting.delete(text)
    takenAt.set(text, performance.now())
  }
  const taken = { diagnostics, omitted }
  omitted = 0
  return taken
}

/** Adds a diagnostic, as if the SDK had reported it. */
export function addDiagnostic(...parts: readonly unknown[]): void {
  // Instruments often fail with the same error.
  const text = [...new Set(parts.map(describe))].join(' ').slice(0, MAX_TEXT_LENGTH)
  if (REPORTED_ELSEWHERE.test(text) || waiting.has(text)) return
  const before = takenAt.get(text)
  if (before !== undefined && performance.now() - before < REPEAT_AFTER_MS) return
  if (waiting.size >= MAX_WAITING) omitted++
  else waiting.set(text, { text, error: parts.find(part => part instanceof Error) })
}

function readLogLevel(): DiagLogLevel | undefined {
  const name = getStringFromEnv('OTEL_LOG_LEVEL')
  // Collects the SDK's warning about an unknown level.
  if (name !== undefined) diag.setLogger(createCollectingLogger(undefined), { suppressOverrideMessage: true })
  return diagLogLevelFromString(name)
}

function createCollectingLogger(terminal: Partial<DiagLogger> | undefined): DiagLogger {
  return {
    error(...parts) {
      addDiagnostic(...parts)
      terminal?.error?.(...parts)
    },
    warn(...parts) {
      addDiagnostic(...parts)
      terminal?.warn?.(...parts)
    },
    info: (...parts) => terminal?.info?.(...parts),
    debug: (...parts) => terminal?.debug?.(...parts),
    verbose: (...parts) => terminal?.verbose?.(...parts),
  }
}

/** A logger with the methods that a level enables. */
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

function describe(part: unknown): string {
  if (typeof part === 'string') return part
  if (part instanceof Error) return `${part.name}: ${part.message}`
  try {
    return JSON.stringify(part) ?? String(part)
  } catch {
    // Circular objects have no JSON; their type is enough.
    return typeof part
  }
}
