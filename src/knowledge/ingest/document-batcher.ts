import { setImmediate } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Document, DocumentStore, DocumentSummary, IncomingDocument } from '../document.ts'
import { hashDocument } from './document-reader.ts'
import { createIdRegistry, findIdConflict } from './id-conflicts.ts'

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
 * Creates a batcher for one run. `read` parses a document. `fail` is called for each document that
 * is skipped, with the reason.
 */
export function createDocumentBatcher(
  store: Pick<DocumentStore, 'put' | 'findMany'>,
  now: () => number,
  read: (document: IncomingDocument) => Promise<Document>,
  fail: (where: string, problem: string) => void,
): DocumentBatcher {
  const ids = createIdRegistry()
  const counts = { added: 0, replaced: 0, unchanged: 0 }
  let batch: BatchItem[] = []
  let batchChars = 0

  async function storeBatch(): Promise<void> {
    const stored = new Map((await store.findMany(batch.map(({ document }) => document.id))).map(summary => [summary.id, summary]))
    const changed: Document[] = []
    for (const { where, document } of batch) {
      const earlier = stored.get(document.id)
      const conflict = earlier && (await findIdConflict(earlier, document))
      if (conflict !== undefined) {
        fail(where, conflict)
      } else if (earlier !== undefined && isUnchanged(earlier, document)) {
        counts.unchanged++
      } else {
        try {
          changed.push(await read(document))
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
    ids: ids.places,
    counts: () => ({ ...counts }),
    async add(item) {
      const conflict = ids.claim(item.document.id, item.where)
      if (conflict !== undefined) return fail(item.where, conflict)
      batch.push(item)
      batchChars += item.document.bytes?.length ?? item.document.text.length
      if (batch.length >= BATCH_DOCUMENTS || batchChars >= BATCH_CHARS) await storeBatch()
    },
    flush: storeBatch,
  }
}

function isUnchanged(stored: DocumentSummary, document: IncomingDocument): boolean {
  return stored.owner === 'operator' && stored.file === document.file && stored.hash === hashDocument(document)
}
