import type { DocumentStore, DocumentSummary } from '../document.ts'
import { fileExists, type SourcePath } from './source-finder.ts'

/** What a run has read. */
export interface Seen {
  readonly store: Pick<DocumentStore, 'fromFilesBelow' | 'remove'>
  /** Ids of the documents found. */
  readonly ids: { has(id: string): boolean }
  /** The files read, and whether each was read completely. */
  readonly wholeFiles: ReadonlyMap<string, boolean>
}

/** Ids per transaction. */
const BATCH_IDS = 500

/**
 * Removes the documents that came from a path earlier and no longer exist there. Resolves to their
 * number.
 */
export async function pruneSource(source: SourcePath, seen: Seen): Promise<number> {
  const gone: string[] = []
  for (const stored of await seen.store.fromFilesBelow(source.base)) {
    if (await isGone(stored, source, seen)) gone.push(stored.id)
  }
  let removed = 0
  for (let i = 0; i < gone.length; i += BATCH_IDS) removed += await seen.store.remove(gone.slice(i, i + BATCH_IDS))
  return removed
}

/**
 * In a file that was read in part, the document may be on a line that is broken now. A file that
 * was not read, such as a hidden one, may still exist.
 */
async function isGone({ id, file }: DocumentSummary, source: SourcePath, { ids, wholeFiles }: Seen): Promise<boolean> {
  if (file === undefined || ids.has(id) || !source.covers(file)) return false
  return wholeFiles.get(file) ?? !(await fileExists(file))
}
