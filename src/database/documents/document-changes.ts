import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DocumentChange, Passage } from '../../knowledge/document.ts'
import type { SqlReader } from '../sql.ts'
import { type PassageRow, toPassage } from './document-rows.ts'

interface ChangeRow {
  readonly revision: number
  readonly document_id: string
  /** Null if the document was removed. */
  readonly title: string | null
}

/** Passages read at once, which takes about 2 ms. The event loop runs before the next ones. */
const PAGE_PASSAGES = 500

/**
 * Reads up to `limit` documents changed after a revision, oldest change first. A document that
 * changes again meanwhile is left out: it has a newer revision then.
 */
export async function readChanges(database: SqlReader, revision: number, limit: number): Promise<DocumentChange[]> {
  const changes: DocumentChange[] = []
  let left = PAGE_PASSAGES

  async function readPassages(documentId: string): Promise<Passage[]> {
    const passages: Passage[] = []
    for (let isWhole = false; !isWhole; ) {
      if (left === 0) {
        await nextTurn()
        left = PAGE_PASSAGES
      }
      const page = readPage(database, documentId, passages.at(-1)?.ordinal ?? -1, left)
      passages.push(...page)
      isWhole = page.length < left
      left -= page.length
    }
    return passages
  }

  for (const { document_id: documentId, title, revision: changedAt } of readRows(database, revision, limit))
    changes.push({ documentId, title: title ?? '', passages: await readPassages(documentId), revision: changedAt })
  const revisions = new Map(readRows(database, revision, limit).map(row => [row.document_id, row.revision]))
  return changes.filter(change => revisions.get(change.documentId) === change.revision)
}

function readRows(database: SqlReader, revision: number, limit: number): ChangeRow[] {
  return database.all<ChangeRow>`SELECT revision, document_id, title
    FROM (SELECT * FROM document_changes WHERE revision > ${revision} ORDER BY revision LIMIT ${limit})
    LEFT JOIN documents ON documents.id = document_id ORDER BY revision`
}

function readPage(database: SqlReader, documentId: string, after: number, limit: number): Passage[] {
  return database.all<Omit<PassageRow, 'document_id' | 'listing'>>`SELECT ordinal, headings, location, text FROM passages
    WHERE document_id = ${documentId} AND ordinal > ${after} ORDER BY ordinal LIMIT ${limit}`.map(row =>
    toPassage({ ...row, listing: null }),
  )
}
