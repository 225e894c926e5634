import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { ChatError, messageOf } from '../../errors.ts'
import { readSchemaVersion } from '../migrate.ts'
import { findDamage } from './damage.ts'

export interface CopiedDatabase {
  readonly bytes: number
  readonly schemaVersion: number
}

/**
 * All in one step: a copy in several would begin anew after each write of another process. Writes
 * go on meanwhile, and the write-ahead log grows by them.
 */
const ALL_PAGES = 2 ** 31 - 1
const TABLES = ['sessions', 'turns', 'documents']

/**
 * Copies a database, which other processes may use, to a file that has no write-ahead log, and
 * checks the copy. The target is replaced at once, when the copy is complete and on disk.
 * @throws {ChatError} DATABASE_UNAVAILABLE if the source cannot be read, is damaged or is another
 * kind of file, or the target cannot be written; DATABASE_TOO_NEW. The target is unchanged then.
 */
export async function copyDatabase(source: string, target: string): Promise<CopiedDatabase> {
  for (const path of [source, target]) refuseFolder(path)
  const draft = `${target}.partial`
  try {
    removeDraft(draft)
    closeSync(openSync(draft, 'wx', 0o600))
    await copyPages(source, draft)
    const schemaVersion = checkCopy(draft, source)
    const bytes = statSync(draft).size
    renameSync(draft, target)
    syncFolder(dirname(target))
    return { bytes, schemaVersion }
  } catch (cause) {
    removeDraft(draft)
    if (cause instanceof ChatError) throw cause
    throw refusal(`"${source}" cannot be copied to "${target}": ${messageOf(cause)}`, cause)
  }
}

function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw refusal(`"${path}" is a folder. Name a file`)
}

/** Deletes also the journal of a copy that was killed: SQLite would apply it to the next one. */
function removeDraft(draft: string): void {
  for (const path of [draft, `${draft}-journal`]) rmSync(path, { force: true })
}

/** Waits until the names in a folder are on disk. */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

async function copyPages(source: string, target: string): Promise<void> {
  const db = new DatabaseSync(source, { readOnly: true, timeout: 5000 })
  try {
    await backup(db, target, { rate: ALL_PAGES })
  } finally {
    db.close()
  }
}

/** Checks a copy, and returns its schema version. */
function checkCopy(path: string, source: string): number {
  const db = new DatabaseSync(path)
  try {
    // The copy is one file, which another program can open in a folder that it cannot write to.
    db.exec('PRAGMA journal_mode = DELETE')
    const [damage] = findDamage(db)
    if (damage !== undefined) throw refusal(`"${source}" is damaged: ${damage}`)
    const names = new Set(
      db
        .prepare('SELECT name FROM sqlite_schema')
        .all()
        .map(({ name }) => name),
    )
    if (!TABLES.every(name => names.has(name))) throw refusal(`"${source}" is not a database of Pellucid`)
    return readSchemaVersion(db)
  } finally {
    db.close()
  }
}

function refusal(message: string, cause?: unknown): ChatError {
  return new ChatError('DATABASE_UNAVAILABLE', { message, cause })
}
