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

/** Makes a record of whatever was thrown, its causes included, to a depth of 5. Never throws, cycles and hostile getters included. */
export function toErrorRecord(thrown: unknown, depth = 0): ErrorRecord {
  try {
    return describe(thrown, depth)
  } catch {
    // Its own properties throw: that is all there is to say about it.
    return { type: typeof thrown, message: '[unreadable error]' }
  }
}

function describe(thrown: unknown, depth: number): ErrorRecord {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: cut(describeValue(thrown), MAX_MESSAGE_LENGTH) }
  const { code, facts, cause, errors } = thrown as Error & Readonly<Record<'code' | 'facts' | 'errors', unknown>>
  const deeper = depth + 1 < MAX_CAUSES
  return {
    type: String(thrown.name),
    message: cut(String(thrown.message), MAX_MESSAGE_LENGTH),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: cut(String(code), 100) } : {}),
    ...(typeof thrown.stack === 'string' ? { stack: cut(thrown.stack, MAX_STACK_LENGTH) } : {}),
    ...(typeof facts === 'object' && facts !== null && Object.keys(facts).length > 0 ? { facts } : {}),
    ...(cause !== undefined && deeper ? { cause: toErrorRecord(cause, depth + 1) } : {}),
    ...(Array.isArray(errors) && deeper
      ? { errors: errors.slice(0, MAX_CAUSES).map(error => toErrorRecord(error, depth + 1)) }
      : {}),
  }
}

function describeValue(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}… (${text.length - maxLength} more)`
}
