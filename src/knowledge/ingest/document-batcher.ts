import { setImmediate } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Document, DocumentStore, DocumentSummary, IncomingDocument } from '../document.ts'
import { hashDocument, readDocument } from './document-reader.ts'
import { isThere } from './source-finder.ts'

/** Takes documents in as they come and stores them batch by batch. */
export interface Intake {
  take(item: IntakeItem): Promise<void>
  /** Stores what still waits. */
  finish(): Promise<void>
  /** Every id that has been taken in, whatever came of it. */
  readonly ids: ReadonlyMap<string, string>
  counts(): { readonly added: number; readonly replaced: number; readonly unchanged: number }
}

/** A document and the place it was found in. */
export interface IntakeItem {
  readonly where: string
  readonly document: IncomingDocument
}

/** Documents of one transaction: enough for its cost to be small, few enough for others to write in between. */
const BATCH_DOCUMENTS = 64
/** A batch of large documents is closed at this many characters: it bounds memory. */
const BATCH_CHARS = 8_000_000

/** Creates the intake of one run. `fail` is told of each document that is left out, and why. */
export function createIntake(
  store: Pick<DocumentStore, 'put' | 'findMany'>,
  now: () => number,
  fail: (where: string, problem: string) => void,
): Intake {
  const places = new Map<string, string>()
  const counts = { added: 0, replaced: 0, unchanged: 0 }
  let batch: IntakeItem[] = []
  let batchChars = 0

  async function storeBatch(): Promise<void> {
    const stored = new Map((await store.findMany(batch.map(({ document }) => document.id))).map(summary => [summary.id, summary]))
    const changed: Document[] = []
    for (const { where, document } of batch) {
      const earlier = stored.get(document.id)
      if (earlier !== undefined && (await belongsElsewhere(earlier, document))) {
        fail(where, `Its id "${document.id}" is that of the document from ${earlier.file}`)
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
    // Reading is work of the processor: whatever else this process serves has its turn here.
    await setImmediate()
  }

  return {
    ids: places,
    counts: () => ({ ...counts }),
    async take(item) {
      const { id, text } = item.document
      const place = places.get(id)
      if (place !== undefined) return fail(item.where, `Its id "${id}" is that of the document from ${place}`)
      places.set(id, item.where)
      batch.push(item)
      batchChars += text.length
      if (batch.length >= BATCH_DOCUMENTS || batchChars >= BATCH_CHARS) await storeBatch()
    },
    finish: storeBatch,
  }
}

/** A document that came over REST, or whose file is gone, gives way to a file's; two files that are both there do not. */
async function belongsElsewhere(stored: DocumentSummary, document: IncomingDocument): Promise<boolean> {
  if (stored.owner !== 'operator' || stored.file === undefined || stored.file === document.file) return false
  return isThere(stored.file)
}

function isUnchanged(stored: DocumentSummary, document: IncomingDocument): boolean {
  return stored.owner === 'operator' && stored.file === document.file && stored.hash === hashDocument(document)
}
