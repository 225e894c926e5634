import type { DatabaseSync } from 'node:sqlite'
import { roundMs } from '../base/round-ms.ts'
import { messageOf } from '../errors.ts'
import type { FailedRead } from './read-health.ts'
import { createSql, type SqlReader, type SqlValue } from './sql.ts'
import { databaseUnavailable, isBusy, isStorageFailure } from './sqlite-errors.ts'

/** A statement without its parameters. */
export interface Statement {
  /** A verb and a table, `SELECT turns`. */
  readonly name: string
  /** SQL with `?` for each parameter. */
  readonly text: string
}

/** A read that took longer than `slowQueryMs`, as the facts of a log line. */
export interface SlowRead {
  readonly function: string
  readonly operations: readonly string[]
  readonly rows: number
  readonly took_ms: number
}

export interface ReaderOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  readonly slowQueryMs: number
  readonly onSlow: (read: SlowRead) => void
  /** Called for each read that the disk, or a lock, fails. */
  readonly onFailure: (read: FailedRead) => void
  /** Runs every statement. */
  readonly observe: <T>(statement: Statement, run: () => T) => T
}

/**
 * Reads on the calling thread. Every read is observed, slow ones are reported. A read that the disk
 * or a lock fails throws DATABASE_UNAVAILABLE.
 */
export function createReader(db: DatabaseSync, options: ReaderOptions): SqlReader {
  const { now, slowQueryMs, onSlow, onFailure, observe } = options
  const sql = createSql(db)
  const known = new WeakMap<TemplateStringsArray, Statement>()

  function statementOf(strings: TemplateStringsArray): Statement {
    const statement = known.get(strings) ?? describe(strings)
    known.set(strings, statement)
    return statement
  }

  function all<Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Row[] {
    const statement = statementOf(strings)
    return observe(statement, () => {
      const startedAt = now()
      const rows = read<Row>(statement, strings, values)
      const durationMs = now() - startedAt
      if (durationMs > slowQueryMs)
        onSlow({ function: 'read', operations: [statement.name], rows: rows.length, took_ms: roundMs(durationMs) })
      return rows
    })
  }

  function read<Row>({ text }: Statement, strings: TemplateStringsArray, values: readonly SqlValue[]): Row[] {
    try {
      return sql.all<Row>(strings, ...values)
    } catch (error) {
      if (!isStorageFailure(error) && !isBusy(error)) throw error
      onFailure({ text, values, failure: messageOf(error) })
      throw databaseUnavailable(error)
    }
  }

  return {
    all,
    get: <Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]) => all<Row>(strings, ...values)[0],
  }
}

function describe(strings: TemplateStringsArray): Statement {
  const text = strings.join('?').replace(/\s+/g, ' ').trim()
  // The first table, skipping json_each and subqueries.
  const table = /\b(?:FROM|JOIN) \(?(?!json_each|SELECT)(\w+)/.exec(text)?.[1] ?? ''
  return { name: `SELECT ${table}`, text }
}
