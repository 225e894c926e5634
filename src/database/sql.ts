import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** What can be put in the place of a `${}`: undefined becomes NULL, a boolean 0 or 1. */
export type SqlValue = string | number | boolean | undefined

/** Reads rows by tagged templates: every `${}` travels as a bound parameter, never as text of the statement. */
export interface SqlReader {
  /** All rows; their columns are the caller's to know, and NULL comes as null. */
  all<Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Row[]
  get<Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Row | undefined
}

/** The same with statements that change something. */
export interface Sql extends SqlReader {
  /** Runs a statement and returns how many rows it changed. */
  run(strings: TemplateStringsArray, ...values: readonly SqlValue[]): number
}

/**
 * SQL on one connection. Each statement is compiled once and kept until the connection closes; a template's strings are one and the same object
 * each time its place in the code is passed, so there are never more than the code has places.
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

function toInput(value: SqlValue): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : (value ?? null)
}
