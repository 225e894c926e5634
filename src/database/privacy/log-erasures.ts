import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Database } from '../database-manager.ts'
import { isBusy } from '../sqlite-errors.ts'

/** Erasures whose text may still be in log files. */
export interface LogErasures {
  /** Sessions by id and users by pseudonym. */
  readonly names: readonly string[]
  /** Time of the oldest text, in milliseconds since 1970. */
  readonly since: number
  /** Number of the last of them. */
  readonly upTo: number
}

/** Reads what is to be erased from log files; undefined if there is nothing. */
export function readLogErasures(database: Pick<Database, 'all'>): LogErasures | undefined {
  const rows = database.all<{ id: number; name: string; since: number }>`SELECT * FROM log_erasures ORDER BY id`
  const last = rows.at(-1)
  if (last === undefined) return undefined
  const since = rows.reduce((first, row) => Math.min(first, row.since), Number.POSITIVE_INFINITY)
  return { names: [...new Set(rows.map(({ name }) => name))], since, upTo: last.id }
}

/**
 * Takes the right to change log files, which one process has at a time: of two that replace a
 * compressed file, one would bring the text back that the other has erased. Returns the function
 * that gives it back, or undefined if another process has it. It ends with the process.
 */
export function claimLogErasure(dataDirectory: string): (() => unknown) | undefined {
  const lock = new DatabaseSync(join(dataDirectory, 'log-erasure.lock'))
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return () => lock.isOpen && lock.close()
  } catch (error) {
    lock.close()
    if (isBusy(error)) return undefined
    throw error
  }
}
