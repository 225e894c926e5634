import { LRUCache } from 'lru-cache'
import type { DocumentStore, PassageRef, StoredPassage } from '../../knowledge/document.ts'
import { checksumOf } from '../../text/checksum.ts'
import type { SqlReader } from '../sql.ts'
import { type PassageRow, toPassage } from './document-rows.ts'

/** A passage, or that there is none. */
interface Entry {
  readonly passage: StoredPassage | undefined
}

/** What is in memory of a document. */
interface KnownDocument {
  /** By ordinal, in the order in which they were read. */
  readonly entries: Map<number, Entry>
  readonly bytes: number
}

type RefRow = { readonly revision: number } & (
  | (PassageRow & { readonly document_id: string; readonly title: string })
  | { readonly document_id: null }
)

/** Holds about 20,000 passages of 700 characters. */
const MAX_BYTES = 32 * 2 ** 20
/** Estimated memory of an entry besides its texts. */
const ENTRY_BYTES = 400
const BYTES_PER_CODE_UNIT = 2

/**
 * Creates a function that reads passages and keeps those of the documents used last in memory. They
 * are as stored at the revision that the caller names, or later. If that one was not seen yet, the
 * database is asked what has changed, and only these documents are read again. Without a revision,
 * a passage is never older than the call. All that a call returns is from one state of the store.
 * @param maxBytes Memory of the cache, estimated from above.
 */
export function createPassageReader(database: SqlReader, maxBytes = MAX_BYTES): DocumentStore['passages'] {
  const documents = new LRUCache<string, KnownDocument>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes })
  /** The documents that changed up to this revision, in this or another process, are forgotten. */
  let seen = -1

  return async (refs, revision = Number.POSITIVE_INFINITY) => {
    for (let isChecked = false; ; isChecked = true) {
      const found = find(refs)
      const missing = refs.filter((_, i) => found[i] === undefined)
      const rows = read(missing)
      const isCurrent = rows.length > 0 ? rows[0]!.revision === seen : isChecked || revision <= seen
      // Nothing that is in memory could be of another state than the rows.
      const isEmpty = documents.size === 0
      if (isCurrent || isEmpty) {
        if (isEmpty) seen = rows[0]?.revision ?? seen
        const added = rows.map(toEntry)
        for (const [i, ref] of missing.entries()) keep(ref, added[i]!)
        let next = 0
        return found.map(entry => (entry ?? added[next++]!).passage)
      }
      forgetChanged()
    }
  }

  /** What is in memory of the passages. Those of one document often follow each other. */
  function find(refs: readonly PassageRef[]): readonly (Entry | undefined)[] {
    let id: string | undefined
    let known: KnownDocument | undefined
    return refs.map(({ documentId, ordinal }) => {
      if (documentId !== id) known = documents.get(documentId)
      id = documentId
      return known?.entries.get(ordinal)
    })
  }

  function keep({ documentId, ordinal }: PassageRef, entry: Entry): void {
    const known = documents.peek(documentId)
    const entries = known?.entries ?? new Map<number, Entry>()
    // Neighbours of two hits may be the same passage.
    if (entries.has(ordinal)) return
    entries.set(ordinal, entry)
    let bytes = (known?.bytes ?? ENTRY_BYTES) + sizeOf(entry)
    for (const [oldest, own] of entries) {
      if (bytes <= maxBytes) break
      entries.delete(oldest)
      bytes -= sizeOf(own)
    }
    documents.set(documentId, { entries, bytes })
  }

  function forgetChanged(): void {
    const rows = database.all<{ revision: number; document_id: string }>`
      SELECT revision, document_id FROM document_changes WHERE revision > ${seen} ORDER BY revision`
    for (const { document_id } of rows) documents.delete(document_id)
    seen = rows.at(-1)?.revision ?? seen
  }

  /** Reads revision and passages by a single statement, from the same snapshot. */
  function read(refs: readonly PassageRef[]): readonly RefRow[] {
    if (refs.length === 0) return []
    return database.all<RefRow>`
      SELECT revision, document_id, ordinal, headings, location, passages.text, listing, title
      FROM json_each(${JSON.stringify(refs.map(({ documentId, ordinal }) => [documentId, ordinal]))}) AS ref
      LEFT JOIN passages ON document_id = ref.value ->> 0 AND passages.ordinal = ref.value ->> 1
      LEFT JOIN documents ON documents.id = document_id
      JOIN (SELECT coalesce(max(revision), 0) AS revision FROM document_changes)
      ORDER BY ref.key`
  }
}

/** The newest revision of the documents; 0 before the first one is stored. */
export function readRevision(database: SqlReader): number {
  return database.get<{ revision: number }>`SELECT coalesce(max(revision), 0) AS revision FROM document_changes`?.revision ?? 0
}

function toEntry(row: RefRow): Entry {
  if (row.document_id === null) return { passage: undefined }
  const { document_id: documentId, title } = row
  return { passage: { ...toPassage(row), documentId, title, checksum: checksumOf(row.text) } }
}

function sizeOf({ passage }: Entry): number {
  if (passage === undefined) return ENTRY_BYTES
  const { documentId, title, location, text, headings, listing } = passage
  const names = [...headings, ...(listing?.names ?? [])]
  const units = names.reduce((sum, name) => sum + name.length, documentId.length + title.length)
  return ENTRY_BYTES + BYTES_PER_CODE_UNIT * (units + location.length + text.length)
}
