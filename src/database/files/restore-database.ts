import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../errors.ts'
import { claimDataDirectory } from '../data-directory.ts'
import { isBusy } from '../sqlite-errors.ts'
import { type CopiedDatabase, copyDatabase, syncFolder } from './copy-database.ts'

const DATABASE = 'pellucid.sqlite'
/** What belongs to the database that is replaced. The server builds the index again. */
const COMPANIONS = [`${DATABASE}-wal`, `${DATABASE}-shm`, `${DATABASE}-journal`, 'search-index.bin']
/** Name of the copy while it is made, and start of the names of the files that SQLite adds. */
const DRAFT = `${DATABASE}.restored`

/**
 * Replaces the database of a data directory by a checked copy of a file, and keeps the files from
 * before in a new folder there. Until the copy is complete, nothing changes.
 * @param keepIn Name of the new folder.
 * @throws {ChatError} DATA_DIR_IN_USE if a server or another process uses the database;
 * DATABASE_UNAVAILABLE and DATABASE_TOO_NEW as `copyDatabase`.
 */
export async function restoreDatabase(file: string, dataDir: string, keepIn: string): Promise<CopiedDatabase> {
  // No server can start meanwhile.
  const claim = claimDataDirectory(dataDir)
  const path = join(dataDir, DATABASE)
  const draft = join(dataDir, DRAFT)
  try {
    removeRestoreLeftovers(dataDir)
    const copied = await copyDatabase(file, draft)
    if (existsSync(path)) foldLog(path, dataDir)
    keepFiles(dataDir, join(dataDir, keepIn))
    renameSync(draft, path)
    syncFolder(dataDir)
    return copied
  } finally {
    rmSync(draft, { force: true })
    claim.release()
  }
}

/**
 * Deletes what a restore that was killed has left. It may contain what users have erased since the
 * backup. Only the holder of the claim may call this: no restore is running then.
 */
export function removeRestoreLeftovers(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter(name => name.startsWith(DRAFT))) rmSync(join(dataDir, name), { force: true })
}

/** Copies the write-ahead log to the database, and removes it. */
function foldLog(path: string, dataDir: string): void {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path)
    db.exec('PRAGMA journal_mode = DELETE')
  } catch (cause) {
    // A damaged database, which is a reason to restore another one, is kept as it is.
    if (isBusy(cause))
      throw new ChatError('DATA_DIR_IN_USE', { message: `Another process uses the database in "${dataDir}"`, cause })
  } finally {
    db?.close()
  }
}

/**
 * The database is linked, not moved: at no time is there none, and a server that starts after a
 * power cut creates no empty one. A write-ahead log must not meet another database, also if its own
 * is lost.
 */
function keepFiles(dataDir: string, folder: string): void {
  const found = [DATABASE, ...COMPANIONS].filter(name => existsSync(join(dataDir, name)))
  if (found.length === 0) return
  mkdirSync(folder, { mode: 0o700 })
  for (const name of found) (name === DATABASE ? linkSync : renameSync)(join(dataDir, name), join(folder, name))
  syncFolder(folder)
}
