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
  return removeAll(gone, seen.store)
}

/**
 * Removes the documents that came from drafts when these were no drafts yet. Resolves to their
 * number and files.
 */
export async function withdrawDrafts(
  drafts: ReadonlySet<string>,
  { base }: SourcePath,
  store: Seen['store'],
): Promise<{ readonly removed: number; readonly files: readonly string[] }> {
  if (drafts.size === 0) return { removed: 0, files: [] }
  const published = (await store.fromFilesBelow(base)).filter(({ file = '' }) => drafts.has(file))
  const removed = await removeAll(
    published.map(({ id }) => id),
    store,
  )
  return { removed, files: published.map(({ file = '' }) => file) }
}

async function removeAll(ids: readonly string[], store: Seen['store']): Promise<number> {
  let removed = 0
  for (let i = 0; i < ids.length; i += BATCH_IDS) removed += await store.remove(ids.slice(i, i + BATCH_IDS))
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
