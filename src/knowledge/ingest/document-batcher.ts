import type { Document, DocumentStore } from '../document.ts'

/** Stores documents in batches. */
export interface DocumentBatcher {
  /** Resolves when a further document may be added. @throws errors of the store. */
  add(document: Document): Promise<void>
  /** Resolves when all documents are stored. */
  flush(): Promise<void>
}

/**
 * Documents and characters per transaction: enough to make its cost small, few enough to let other
 * writers in between, which wait for 10 to 50 ms.
 */
const BATCH_DOCUMENTS = 512
const BATCH_CHARS = 2_000_000

/** Creates a batcher. A batch is stored while the next one is filled. */
export function createDocumentBatcher(store: Pick<DocumentStore, 'put'>, now: () => number): DocumentBatcher {
  let batch: Document[] = []
  let batchChars = 0
  let storing: Promise<void> = Promise.resolve()

  async function storeBatch(): Promise<void> {
    await storing
    if (batch.length === 0) return
    storing = store.put(batch, now())
    // The next call throws the error.
    storing.catch(() => undefined)
    batch = []
    batchChars = 0
  }

  return {
    async add(document) {
      batch.push(document)
      batchChars += document.text.length
      if (batch.length >= BATCH_DOCUMENTS || batchChars >= BATCH_CHARS) await storeBatch()
    },
    async flush() {
      await storeBatch()
      await storing
    },
  }
}
