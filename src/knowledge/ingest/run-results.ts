import type { DocumentStore, DocumentSummary } from '../document.ts'
import { createDocumentBatcher } from './document-batcher.ts'
import { createIdRegistry, findIdConflict } from './id-conflicts.ts'
import type { ReadItem } from './reading/reading-job.ts'
import { fromFolder, type IngestSkip, missingIn } from './skips.ts'

/**
 * A problem. `where` is a path, relative to the working folder if inside it, with `:line` for JSON
 * Lines.
 */
export interface IngestFailure {
  readonly where: string
  readonly problem: string
}

/** What a run has read so far. */
export interface RunResults {
  /**
   * Stores a document, or notes a problem. Items must be in the order of the files.
   * @param stored By id the documents in the store.
   */
  take(item: ReadItem, file: string, stored: ReadonlyMap<string, DocumentSummary>): Promise<void>
  fail(where: string, problem: string): void
  /** Stores the documents that are waiting. */
  flush(): Promise<void>
  /** Ids with the places they came from. */
  readonly ids: ReadonlyMap<string, string>
  readonly counts: { readonly added: number; readonly replaced: number; readonly unchanged: number }
  readonly failed: readonly IngestFailure[]
  readonly drafts: ReadonlySet<string>
  /** Files that were not read completely. */
  readonly brokenFiles: ReadonlySet<string>
  /** Pages that include files that cannot be read. */
  readonly incomplete: readonly IngestSkip[]
}

/** Creates results for one run. */
export function createRunResults(store: Pick<DocumentStore, 'put'>, now: () => number, cwd: string): RunResults {
  const ids = createIdRegistry()
  const counts = { added: 0, replaced: 0, unchanged: 0 }
  const failed: IngestFailure[] = []
  const drafts = new Set<string>()
  const brokenFiles = new Set<string>()
  const incomplete: IngestSkip[] = []
  const batcher = createDocumentBatcher(store, now)

  function fail(where: string, problem: string): void {
    failed.push({ where: fromFolder(cwd, where), problem })
  }

  return {
    ids: ids.places,
    counts,
    failed,
    drafts,
    brokenFiles,
    incomplete,
    fail,
    flush: batcher.flush,
    async take(item, file, stored) {
      if (item.kind === 'broken') {
        brokenFiles.add(file)
        fail(item.where, item.problem)
      } else if (item.kind === 'draft') drafts.add(item.where)
      else if (item.kind === 'unfilled') incomplete.push({ what: fromFolder(cwd, item.where), reason: 'unfilled', files: 1 })
      else if (item.kind === 'incomplete') incomplete.push(missingIn(item, cwd))
      else {
        const earlier = stored.get(item.id)
        const conflict = ids.claim(item.id, item.where) ?? (earlier && (await findIdConflict(earlier, file)))
        if (conflict !== undefined) fail(item.where, conflict)
        else if (item.kind === 'unreadable') fail(item.where, item.problem)
        else if (item.kind === 'unchanged') counts.unchanged++
        else {
          await batcher.add(item.document)
          counts[earlier?.owner === 'operator' ? 'replaced' : 'added']++
        }
      }
    },
  }
}
