import type { Redact } from '../../reply-text.ts'
import { cutText } from './line-limit.ts'

/** An error in a log record. Depth, breadth and length are bounded. */
export interface ErrorRecord {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  /** The `facts` of a ChatError. */
  readonly facts?: unknown
  readonly cause?: ErrorRecord
  /** Errors of an AggregateError, at most `MAX_CAUSES`. */
  readonly errors?: readonly ErrorRecord[]
}

const MAX_CAUSES = 5
const MAX_MESSAGE_LENGTH = 2000
const MAX_STACK_LENGTH = 8000
const MAX_CODE_LENGTH = 100

/**
 * Converts any thrown value to a record, with its causes to a depth of 5. Never throws, even for
 * cycles and throwing getters.
 *
 * @param redact Redacts a text before it is cut; a secret at the cut would not be recognised
 * afterwards.
 */
export function toErrorRecord(thrown: unknown, redact: Redact = text => text): ErrorRecord {
  return describeSafely(thrown, redact, 0)
}

function describeSafely(thrown: unknown, redact: Redact, depth: number): ErrorRecord {
  try {
    return describe(thrown, redact, depth)
  } catch {
    // Its getters throw, so nothing else is known about it.
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
