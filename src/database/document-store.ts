import { sep } from 'node:path'
import type { DocumentOwner, DocumentStore } from '../knowledge/document.ts'
import type { Database } from './database-manager.ts'
import { readChanges } from './documents/document-changes.ts'
import { type DocumentRow, toSummary } from './documents/document-rows.ts'
import { createPassageReader, readRevision } from './documents/passage-reader.ts'
import type { SqlReader } from './sql.ts'

/**
 * Documents in the database. `put` and `remove` occupy the writer thread (about 1 ms for ten
 * documents of a few pages each): store thousands of documents in several calls. A change whose
 * document was removed has the title ''.
 */
export function createDocumentStore(database: Database): DocumentStore {
  return {
    ...createDocumentReader(database),
    put: (documents, now) => database.write('putDocuments', { documents, now }),
    async remove(ids) {
      const removed = await database.write('removeDocuments', ids)
      // A pending one is retried; no caller waits for it.
      void database.erased()
      return removed
    },
  }
}

/** The reads of the document store, also for a database that is open for queries only. */
export function createDocumentReader(database: SqlReader): Omit<DocumentStore, 'put' | 'remove'> {
  const revision = async () => readRevision(database)

  return {
    async find(id) {
      const row = database.get<DocumentRow & { readonly text: string }>`SELECT * FROM documents WHERE id = ${id}`
      return row && { ...toSummary(row), text: row.text }
    },

    async list({ after = '', limit }) {
      const rows = database.all<DocumentRow>`SELECT * FROM document_summaries
        WHERE id > ${after} ORDER BY id LIMIT ${limit}`
      return rows.map(toSummary)
    },

    count: async () => database.get<{ count: number }>`SELECT count(*) AS count FROM documents`?.count ?? 0,

    // The first document of the operator removes those of the project, so all have one owner.
    owner: async () => database.get<{ owner: DocumentOwner }>`SELECT owner FROM documents LIMIT 1`?.owner,

    async findMany(ids) {
      const rows = database.all<DocumentRow>`SELECT * FROM document_summaries
        WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) ORDER BY id`
      return rows.map(toSummary)
    },

    async fromFilesBelow(path) {
      const { first, end } = rangeBelow(path)
      const rows = database.all<DocumentRow>`SELECT * FROM document_summaries
        WHERE owner = 'operator' AND file >= ${path} AND file < ${end} AND (file = ${path} OR file >= ${first}) ORDER BY id`
      return rows.map(toSummary)
    },

    passages: createPassageReader(database),

    async changesSince(revision, limit) {
      const changes = await readChanges(database, revision, limit)
      return { revision: changes.at(-1)?.revision ?? revision, changes }
    },

    async revisionOf(ids) {
      const row = database.get<{ revision: number | null }>`SELECT max(revision) AS revision FROM document_changes
        WHERE document_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
      return row?.revision ?? 0
    },

    revision,

    isPristine: async () => (await revision()) === 0,
  }
}

/**
 * The range of all texts that start with the path and a separator. Unlike LIKE it has no wildcards
 * to escape.
 */
function rangeBelow(path: string): { readonly first: string; readonly end: string } {
  const first = path.endsWith(sep) ? path : path + sep
  return { first, end: first.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1) }
}
