import { ChatError, type ErrorCode } from '../errors.ts'
import type { FailedRead } from './read-health.ts'
import { databaseUnavailable, isStorageFailure } from './sqlite-errors.ts'

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
  /** The read that failed in the other thread, if one did. */
  readonly failedRead?: FailedRead | undefined
}

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
