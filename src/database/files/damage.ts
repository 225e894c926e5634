import type { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../../errors.ts'
import { isStorageFailure } from '../sqlite-errors.ts'

/**
 * Lists the damage of a database, as SQLite describes it; empty if it is sound. Checks one table
 * after the other: each is a read transaction of its own, during which the write-ahead log cannot
 * be emptied. Takes about a second per GB, and blocks the thread.
 */
export function findDamage(db: DatabaseSync): readonly string[] {
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
    return tables.flatMap(({ name }) => checkTable(db, String(name)))
  } catch (error) {
    if (isStorageFailure(error)) return [messageOf(error)]
    throw error
  }
}

function checkTable(db: DatabaseSync, name: string): readonly string[] {
  const rows = db.prepare(`PRAGMA quick_check("${name.replaceAll('"', '""')}")`).all()
  return rows.map(({ quick_check }) => String(quick_check)).filter(text => text !== 'ok')
}
