import { ChatError } from '../errors.ts'

/** SQLite's primary result code SQLITE_BUSY: another connection holds the lock. */
const BUSY = 5

/**
 * SQLite's primary result codes for storage failures: NOMEM, READONLY, IOERR, CORRUPT, FULL,
 * CANTOPEN, PROTOCOL, NOTADB.
 */
const STORAGE_FAILURES = new Set([7, 8, 10, 11, 13, 14, 15, 26])

/** Whether an error of SQLite means that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === BUSY
}

/** Whether an error of SQLite means that the disk, the file or the memory has failed. */
export function isStorageFailure(error: unknown): boolean {
  const code = resultCodeOf(error)
  return code !== undefined && STORAGE_FAILURES.has(code)
}

/** DATABASE_UNAVAILABLE with its cause. Clients may retry after one second. */
export function databaseUnavailable(cause: unknown): ChatError {
  return new ChatError('DATABASE_UNAVAILABLE', { retryAfterS: 1, cause })
}

/** The primary result code of an SQLite error; undefined for any other error. */
function resultCodeOf(error: unknown): number | undefined {
  // The lowest byte of an extended result code is the primary one.
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
