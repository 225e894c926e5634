import { ChatError, type ErrorCode } from '../../errors.ts'

/** An error in a form that crosses from thread to thread: a class and its own fields would be lost on the way. */
export interface Thrown {
  readonly error: Error
  /** Of a ChatError alone; without it the error is a defect of the program. */
  readonly chat?: {
    readonly code: ErrorCode
    readonly facts: Readonly<Record<string, unknown>>
    readonly retryAfterS: number | undefined
  }
}

/** SQLite's primary result code SQLITE_BUSY: another connection holds the lock. */
export const BUSY = 5

/** SQLite's primary result codes that blame the disk or the file, not the statement: out of memory, read-only, I/O, corrupt, full, cannot open, no database. */
const STORAGE_FAILURES = new Set([7, 8, 10, 11, 13, 14, 26])

/** Prepares an error for its journey; one that the disk is to blame for becomes DATABASE_UNAVAILABLE. */
export function packThrown(thrown: unknown): Thrown {
  const error = toError(thrown)
  if (isStorageFailure(error)) return packThrown(databaseUnavailable(error))
  if (!(error instanceof ChatError)) return { error }
  return { error, chat: { code: error.code, facts: error.facts, retryAfterS: error.retryAfterS } }
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The error as it was thrown on the other side. */
export function unpackThrown({ error, chat }: Thrown): Error {
  return chat === undefined ? error : new ChatError(chat.code, { ...chat, message: error.message, cause: error.cause })
}

/** DATABASE_UNAVAILABLE with its cause; a retry makes sense after a second. */
export function databaseUnavailable(cause: unknown): ChatError {
  return new ChatError('DATABASE_UNAVAILABLE', { retryAfterS: 1, cause })
}

/** The primary result code of an error of SQLite; undefined for another. */
export function resultCodeOf(error: unknown): number | undefined {
  // The extended code carries the primary one in its lowest byte.
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

function isStorageFailure(error: Error): boolean {
  const code = resultCodeOf(error)
  return code !== undefined && STORAGE_FAILURES.has(code)
}
