import type { DatabaseSync } from 'node:sqlite'

/** Pages of the file that are kept free: 4 MB, enough for hours of metrics and notifications. */
const RESERVED_PAGES = 1024
/** Pages that one call may give back to the file system. */
const VACUUM_PAGES = 2000
const SQLITE_FULL = 13

/**
 * Keeps some pages of the database and of its write-ahead log free, so that it can still be written
 * when others have filled the disk: that is when it is needed. Gives all other free pages back.
 */
export function keepReserve(db: DatabaseSync): void {
  const value = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
  const excess = value('freelist_count') - RESERVED_PAGES
  if (excess > 0) db.exec(`PRAGMA incremental_vacuum(${Math.min(excess, VACUUM_PAGES)})`)
  // New rows take free pages first, so the reserve is filled up now and then.
  if (excess < -RESERVED_PAGES / 2) fill(db, RESERVED_PAGES * value('page_size'))
}

/** Writes a large value and deletes it: the file and its log keep the size. */
function fill(db: DatabaseSync, bytes: number): void {
  try {
    db.exec(`CREATE TABLE reserve (content BLOB); INSERT INTO reserve VALUES (zeroblob(${bytes}))`)
  } catch (error) {
    if (((error as { readonly errcode?: number }).errcode ?? 0) !== SQLITE_FULL) throw error
  } finally {
    db.exec('DROP TABLE IF EXISTS reserve')
  }
}
