import type { DocumentStore, DocumentSummary } from '../document.ts'
import { isThere, type SourcePath } from './source-finder.ts'

/** What a run of ingesting has seen. */
export interface Seen {
  readonly store: Pick<DocumentStore, 'fromFilesBelow' | 'remove'>
  readonly now: () => number
  /** Ids of the documents that were found. */
  readonly ids: { has(id: string): boolean }
  /** The files that were read, and whether all of each could be. */
  readonly wholeFiles: ReadonlyMap<string, boolean>
}

/** Ids of one transaction. */
const BATCH_IDS = 500

/** Removes the documents that once came from a path and are no longer there, and resolves to how many there were. */
export async function removeGone(source: SourcePath, seen: Seen): Promise<number> {
  const gone: string[] = []
  for (const stored of await seen.store.fromFilesBelow(source.base)) {
    if (await isGone(stored, source, seen)) gone.push(stored.id)
  }
  let removed = 0
  for (let i = 0; i < gone.length; i += BATCH_IDS) removed += await seen.store.remove(gone.slice(i, i + BATCH_IDS), seen.now())
  return removed
}

/** A file that was read in part may hold the document in a line that is broken now; one that was not read at all (a hidden one) may still be there. */
async function isGone({ id, file }: DocumentSummary, source: SourcePath, { ids, wholeFiles }: Seen): Promise<boolean> {
  if (file === undefined || ids.has(id) || !source.covers(file)) return false
  return wholeFiles.get(file) ?? !(await isThere(file))
}
