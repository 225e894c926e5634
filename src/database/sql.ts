import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** A value for `${}`. undefined becomes NULL, a boolean becomes 0 or 1. */
export type SqlValue = string | number | boolean | undefined

/**
 * Reads rows by tagged templates. Every `${}` is a bound parameter and never part of the
 * statement's text.
 */
export interface SqlReader {
  /** Returns all rows. `Row` is not checked against the columns; NULL is null. */
  all<Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Row[]
  get<Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Row | undefined
}

/** Reads and writes by tagged templates. */
export interface Sql extends SqlReader {
  /** Runs a statement and returns the number of changed rows. */
  run(strings: TemplateStringsArray, ...values: readonly SqlValue[]): number
}

/**
 * SQL on one connection. Each statement is compiled once and cached until the connection closes.
 * The cache is keyed by the template's strings array, which is one object per place in the code, so
 * its size is bounded.
 */
export function createSql(db: DatabaseSync): Sql {
  const statements = new Map<TemplateStringsArray, StatementSync>()

  function prepare(strings: TemplateStringsArray): StatementSync {
    const statement = statements.get(strings) ?? db.prepare(strings.join('?'))
    statements.set(strings, statement)
    return statement
  }

  return {
    all: <Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]) =>
      prepare(strings).all(...values.map(toInput)) as Row[],
    get: <Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]) =>
      prepare(strings).get(...values.map(toInput)) as Row | undefined,
    run: (strings, ...values) => Number(prepare(strings).run(...values.map(toInput)).changes),
  }
}

/** Converts a value to one that SQLite takes. */
export function toInput(value: SqlValue): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : (value ?? null)
}
