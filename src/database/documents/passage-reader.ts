import { LRUCache } from 'lru-cache'
import type { DocumentStore, PassageRef, StoredPassage } from '../../knowledge/document.ts'
import type { SqlReader } from '../sql.ts'
import { type PassageRow, toPassage } from './document-rows.ts'

/** A passage, or that there is none. */
interface Entry {
  readonly passage: StoredPassage | undefined
}

interface Snapshot {
  /** Increases with each change of any document. */
  readonly revision: number
  /** In the order of the references. */
  readonly entries: readonly Entry[]
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
 * Creates a function that reads passages and keeps the last ones used in memory. Each call asks the
 * database whether a document has changed, in this or another process; then everything is read
 * again. So a passage is never older than the call.
 * @param maxBytes Memory of the cache, estimated from above.
 */
export function createPassageReader(database: SqlReader, maxBytes = MAX_BYTES): DocumentStore['passages'] {
  const cache = new LRUCache<string, Entry>({ maxSize: maxBytes, sizeCalculation: sizeOf })
  let revision = -1

  return async refs => {
    const wanted = new Map(refs.map(ref => [keyOf(ref), ref]))
    const found = new Map<string, Entry>()
    for (const key of wanted.keys()) {
      const entry = cache.get(key)
      if (entry !== undefined) found.set(key, entry)
    }
    let missing = [...wanted.keys()].filter(key => !found.has(key))
    let read = readSnapshot(missing.map(key => wanted.get(key)!))
    if (read.revision !== revision) {
      cache.clear()
      if (found.size > 0) {
        missing = [...wanted.keys()]
        read = readSnapshot([...wanted.values()])
      }
      revision = read.revision
    }
    for (const [i, key] of missing.entries()) {
      found.set(key, read.entries[i]!)
      cache.set(key, read.entries[i]!)
    }
    return refs.map(ref => found.get(keyOf(ref))!.passage)
  }

  /** Reads revision and passages by a single statement, from the same snapshot. */
  function readSnapshot(refs: readonly PassageRef[]): Snapshot {
    if (refs.length === 0) return { revision: readRevision(database), entries: [] }
    const rows = database.all<RefRow>`
      SELECT revision, document_id, ordinal, headings, location, passages.text, listing, title
      FROM json_each(${JSON.stringify(refs.map(({ documentId, ordinal }) => [documentId, ordinal]))}) AS ref
      LEFT JOIN passages ON document_id = ref.value ->> 0 AND passages.ordinal = ref.value ->> 1
      LEFT JOIN documents ON documents.id = document_id
      JOIN (SELECT coalesce(max(revision), 0) AS revision FROM document_changes)
      ORDER BY ref.key`
    return { revision: rows[0]!.revision, entries: rows.map(toEntry) }
  }
}

/** The newest revision of the documents; 0 before the first one is stored. */
export function readRevision(database: SqlReader): number {
  return database.get<{ revision: number }>`SELECT coalesce(max(revision), 0) AS revision FROM document_changes`?.revision ?? 0
}

function toEntry(row: RefRow): Entry {
  if (row.document_id === null) return { passage: undefined }
  return { passage: { ...toPassage(row), documentId: row.document_id, title: row.title } }
}

function keyOf({ documentId, ordinal }: PassageRef): string {
  return `${ordinal} ${documentId}`
}

function sizeOf({ passage }: Entry, key: string): number {
  if (passage === undefined) return ENTRY_BYTES + BYTES_PER_CODE_UNIT * key.length
  const { documentId, title, location, text, headings, listing } = passage
  const names = [...headings, ...(listing?.names ?? [])]
  const units = names.reduce((sum, name) => sum + name.length, key.length + documentId.length + title.length)
  return ENTRY_BYTES + BYTES_PER_CODE_UNIT * (units + location.length + text.length)
}
