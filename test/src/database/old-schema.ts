import { renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from '../../../src/database/migrations.ts'

/** Columns that later versions have dropped, with values for them. */
const REMOVED: Readonly<Record<string, Readonly<Record<string, string>>>> = { sessions: { verbose: '0' } }
const TABLES = ['sessions', 'turns', 'idempotency_keys', 'documents', 'passages']

/**
 * Replaces a closed database by one of an earlier schema version. Its schema comes from the
 * migrations of that time. Its rows are the same, without later columns.
 */
export function storeAsOfVersion(path: string, version: number): void {
  const oldPath = `${path}.old`
  const db = new DatabaseSync(oldPath)
  for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration)
  db.prepare('ATTACH ? AS present').run(path)
  for (const table of TABLES) {
    const columns = columnsOf(db, 'main', table).filter(column => columnsOf(db, 'present', table).includes(column))
    const removed = Object.entries(REMOVED[table] ?? {})
    const names = [...columns, ...removed.map(([name]) => name)]
    db.exec(
      `INSERT INTO main.${table} (${names}) SELECT ${[...columns, ...removed.map(([, value]) => value)]} FROM present.${table}`,
    )
  }
  db.exec(`DETACH present; PRAGMA user_version = ${version}`)
  // The counts are kept by triggers, which saw no feedback arrive in rows that have it already.
  if (version > 1) db.exec('UPDATE judged_turns SET turns = (SELECT count(*) FROM turns WHERE feedback_correct = correct)')
  db.close()
  renameSync(oldPath, path)
}

function columnsOf(db: DatabaseSync, schema: string, table: string): string[] {
  return db
    .prepare('SELECT name FROM pragma_table_info(?, ?)')
    .all(table, schema)
    .map(row => String(row.name))
}
