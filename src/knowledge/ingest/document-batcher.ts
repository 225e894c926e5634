import { setImmediate } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Document, DocumentStore, DocumentSummary, IncomingDocument } from '../document.ts'
import { hashDocument, readDocument } from './document-reader.ts'
import { fileExists } from './source-finder.ts'

/** Stores documents in batches. */
export interface DocumentBatcher {
  add(item: BatchItem): Promise<void>
  /** Stores the documents that are still waiting. */
  flush(): Promise<void>
  /** The ids added so far, stored or not, with the places they came from. */
  readonly ids: ReadonlyMap<string, string>
  counts(): { readonly added: number; readonly replaced: number; readonly unchanged: number }
}

/** A document and its source: a path, or a path and a line. */
export interface BatchItem {
  readonly where: string
  readonly document: IncomingDocument
}

/**
 * Documents per transaction: enough to make its cost small, few enough to let other writers in
 * between.
 */
const BATCH_DOCUMENTS = 64
/** A batch is also stored when it reaches this many characters, which bounds memory. */
const BATCH_CHARS = 8_000_000

/**
 * Creates a batcher for one run. `fail` is called for each document that is skipped, with the
 * reason.
 */
export function createDocumentBatcher(
  store: Pick<DocumentStore, 'put' | 'findMany'>,
  now: () => number,
  fail: (where: string, problem: string) => void,
): DocumentBatcher {
  const places = new Map<string, string>()
  const counts = { added: 0, replaced: 0, unchanged: 0 }
  let batch: BatchItem[] = []
  let batchChars = 0

  async function storeBatch(): Promise<void> {
    const stored = new Map((await store.findMany(batch.map(({ document }) => document.id))).map(summary => [summary.id, summary]))
    const changed: Document[] = []
    for (const { where, document } of batch) {
      const earlier = stored.get(document.id)
      if (earlier !== undefined && (await belongsToOtherFile(earlier, document))) {
        fail(where, `Id "${document.id}" is already used by the document from ${earlier.file}`)
      } else if (earlier !== undefined && isUnchanged(earlier, document)) {
        counts.unchanged++
      } else {
        try {
          changed.push(await readDocument(document))
        } catch (error) {
          fail(where, messageOf(error))
        }
      }
    }
    batch = []
    batchChars = 0
    if (changed.length > 0) await store.put(changed, now())
    const replaced = changed.filter(({ id }) => stored.get(id)?.owner === 'operator').length
    counts.replaced += replaced
    counts.added += changed.length - replaced
    // Parsing takes CPU time: let other work of this process run.
    await setImmediate()
  }

  return {
    ids: places,
    counts: () => ({ ...counts }),
    async add(item) {
      const { id, text } = item.document
      const place = places.get(id)
      if (place !== undefined) return fail(item.where, `Id "${id}" is already used by the document from ${place}`)
      places.set(id, item.where)
      batch.push(item)
      batchChars += text.length
      if (batch.length >= BATCH_DOCUMENTS || batchChars >= BATCH_CHARS) await storeBatch()
    },
    flush: storeBatch,
  }
}

/**
 * A file may replace a document that came over REST or whose file no longer exists, but not one of
 * another existing file.
 */
async function belongsToOtherFile(stored: DocumentSummary, document: IncomingDocument): Promise<boolean> {
  if (stored.owner !== 'operator' || stored.file === undefined || stored.file === document.file) return false
  return fileExists(stored.file)
}

function isUnchanged(stored: DocumentSummary, document: IncomingDocument): boolean {
  return stored.owner === 'operator' && stored.file === document.file && stored.hash === hashDocument(document)
}
