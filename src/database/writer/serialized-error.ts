import { ChatError, type ErrorCode } from '../../errors.ts'

/**
 * An error in a form that can be posted between threads: structured cloning drops an error's class
 * and its own fields.
 */
export interface SerializedError {
  readonly error: Error
  /** Fields of a ChatError; absent for any other error. */
  readonly chat?: {
    readonly code: ErrorCode
    readonly facts: Readonly<Record<string, unknown>>
    readonly retryAfterS: number | undefined
  }
}

/** SQLite's primary result code SQLITE_BUSY: another connection holds the lock. */
export const BUSY = 5

/**
 * SQLite's primary result codes for storage failures: NOMEM, READONLY, IOERR, CORRUPT, FULL,
 * CANTOPEN, NOTADB.
 */
const STORAGE_FAILURES = new Set([7, 8, 10, 11, 13, 14, 26])

/** Serializes a thrown value. A storage failure of SQLite becomes DATABASE_UNAVAILABLE. */
export function serializeError(thrown: unknown): SerializedError {
  const error = toError(thrown)
  if (isStorageFailure(error)) return serializeError(databaseUnavailable(error))
  if (!(error instanceof ChatError)) return { error }
  return { error, chat: { code: error.code, facts: error.facts, retryAfterS: error.retryAfterS } }
}

/** Restores the error that was serialized in the other thread. */
export function deserializeError({ error, chat }: SerializedError): Error {
  return chat === undefined ? error : new ChatError(chat.code, { ...chat, message: error.message, cause: error.cause })
}

/** Returns an error unchanged and wraps any other thrown value in one. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** DATABASE_UNAVAILABLE with its cause. Clients may retry after one second. */
export function databaseUnavailable(cause: unknown): ChatError {
  return new ChatError('DATABASE_UNAVAILABLE', { retryAfterS: 1, cause })
}

/** The primary result code of an SQLite error; undefined for any other error. */
export function resultCodeOf(error: unknown): number | undefined {
  // The lowest byte of an extended result code is the primary one.
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

function isStorageFailure(error: Error): boolean {
  const code = resultCodeOf(error)
  return code !== undefined && STORAGE_FAILURES.has(code)
}
