import type { Document } from '../../knowledge/document.ts'
import type { Sql } from '../sql.ts'
import { recordErasure } from './erasure.ts'
import { removeManual } from './manual-removal.ts'

/** Writes of the document store. Each runs in the writer thread in its own savepoint. */
export const DOCUMENT_WRITES = {
  putDocuments(sql: Sql, { documents, now }: { readonly documents: readonly Document[]; readonly now: number }): void {
    for (const document of documents) putDocument(sql, document, now)
    removeManual(sql, id => removeDocument(sql, id))
  },

  removeDocuments(sql: Sql, ids: readonly string[]): number {
    const removed = ids.filter(id => removeDocument(sql, id)).length
    if (removed > 0) recordErasure(sql)
    return removed
  },
}

function putDocument(sql: Sql, { id, passages, ...document }: Document, now: number): void {
  sql.run`INSERT INTO documents (id, title, format, url, file, owner, hash, passage_count, text_bytes, created_at, updated_at, text)
    VALUES (${id}, ${document.title}, ${document.format}, ${document.url}, ${document.file}, ${document.owner}, ${document.hash},
            ${passages.length}, ${Buffer.byteLength(document.text)}, ${now}, ${now}, ${document.text})
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, format = excluded.format, url = excluded.url, file = excluded.file,
      owner = excluded.owner, hash = excluded.hash, passage_count = excluded.passage_count, text_bytes = excluded.text_bytes,
      updated_at = excluded.updated_at, text = excluded.text`
  sql.run`DELETE FROM passages WHERE document_id = ${id}`
  for (const { ordinal, headings, location, text, listing } of passages) {
    sql.run`INSERT INTO passages (document_id, ordinal, headings, location, text, listing)
      VALUES (${id}, ${ordinal}, ${JSON.stringify(headings)}, ${location}, ${text}, ${listing && JSON.stringify(listing)})`
  }
  recordChange(sql, id)
}

function removeDocument(sql: Sql, id: string): boolean {
  if (sql.run`DELETE FROM documents WHERE id = ${id}` === 0) return false
  sql.run`DELETE FROM passages WHERE document_id = ${id}`
  recordChange(sql, id)
  return true
}

function recordChange(sql: Sql, id: string): void {
  sql.run`INSERT OR REPLACE INTO document_changes (document_id) VALUES (${id})`
}
