import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '../logging/log.ts'
import { roundMs } from '../round-ms.ts'
import { createSql, type SqlReader, type SqlValue } from './sql.ts'

/** A statement without its parameters. */
export interface Statement {
  /** A verb and a table, `SELECT turns`. */
  readonly name: string
  /** SQL with `?` for each parameter. */
  readonly text: string
}

export interface ReaderOptions {
  readonly log: Log
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  readonly slowQueryMs: number
  readonly onSlow: () => void
  /** Runs every statement. */
  readonly observe: <T>(statement: Statement, run: () => T) => T
}

/** Reads on the calling thread. Every read is observed, slow ones are logged. */
export function createReader(db: DatabaseSync, { log, now, slowQueryMs, onSlow, observe }: ReaderOptions): SqlReader {
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
      const rows = sql.all<Row>(strings, ...values)
      const durationMs = now() - startedAt
      if (durationMs > slowQueryMs) {
        onSlow()
        log.warn(
          { function: 'read', operations: [statement.name], rows: rows.length, took_ms: roundMs(durationMs) },
          'Slow database read',
        )
      }
      return rows
    })
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
