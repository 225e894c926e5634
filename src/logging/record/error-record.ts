import { cutText } from './line-limit.ts'

/** An error as a record holds it: bounded in every direction, so that no error, however deep, makes a line long. */
export interface ErrorRecord {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  /** What the thrower told the operator: a ChatError's `facts`. */
  readonly facts?: unknown
  readonly cause?: ErrorRecord
  /** Those of an AggregateError, at most `MAX_CAUSES`. */
  readonly errors?: readonly ErrorRecord[]
}

const MAX_CAUSES = 5
const MAX_MESSAGE_LENGTH = 2000
const MAX_STACK_LENGTH = 8000
const MAX_CODE_LENGTH = 100

type Redact = (text: string) => string

/**
 * Makes a record of whatever was thrown, its causes included, to a depth of 5. Never throws, cycles and hostile getters included.
 *
 * @param redact What a text goes through before it is cut, so that no half of a secret is left at the cut.
 */
export function toErrorRecord(thrown: unknown, redact: Redact = text => text): ErrorRecord {
  return describeSafely(thrown, redact, 0)
}

function describeSafely(thrown: unknown, redact: Redact, depth: number): ErrorRecord {
  try {
    return describe(thrown, redact, depth)
  } catch {
    // Its own properties throw: that is all there is to say about it.
    return { type: typeof thrown, message: '[unreadable error]' }
  }
}

function describe(thrown: unknown, redact: Redact, depth: number): ErrorRecord {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, message: cutText(describeValue(thrown), MAX_MESSAGE_LENGTH, redact) }
  const { code, facts, cause, errors } = thrown as Error & Readonly<Record<'code' | 'facts' | 'errors', unknown>>
  const deeper = depth + 1 < MAX_CAUSES
  return {
    type: cutText(String(thrown.name), MAX_CODE_LENGTH),
    message: cutText(String(thrown.message), MAX_MESSAGE_LENGTH, redact),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: cutText(String(code), MAX_CODE_LENGTH) } : {}),
    ...(typeof thrown.stack === 'string' ? { stack: cutText(thrown.stack, MAX_STACK_LENGTH, redact) } : {}),
    ...(typeof facts === 'object' && facts !== null && Object.keys(facts).length > 0 ? { facts } : {}),
    ...(cause !== undefined && deeper ? { cause: describeSafely(cause, redact, depth + 1) } : {}),
    ...(Array.isArray(errors) && deeper
      ? { errors: errors.slice(0, MAX_CAUSES).map(error => describeSafely(error, redact, depth + 1)) }
      : {}),
  }
}

function describeValue(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
