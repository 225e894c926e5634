import { ChatError } from '../errors.ts'
import type { Document, DocumentStore, DocumentSummary, IncomingDocument } from './document.ts'
import { findStoredSiteNames, type ReadTitles } from './stored-site-names.ts'

/** A document as callers send it. */
export type NewDocument = Pick<IncomingDocument, 'id' | 'title' | 'text' | 'format' | 'url'>

/** The documents that answers are taken from. */
export interface KnowledgeBase {
  /**
   * Stores or replaces a document. Resolves when it is on disk and can be found.
   * @throws {ChatError} DOCUMENT_UNREADABLE, OVERLOADED, SHUTTING_DOWN
   */
  put(document: NewDocument): Promise<{ readonly document: DocumentSummary; readonly created: boolean }>
  /** @throws {ChatError} DOCUMENT_NOT_FOUND */
  find(id: string): Promise<DocumentSummary & { readonly text: string }>
  /** Lists documents by id. `next` is the `after` of the next page, or null after the last page. */
  list(page: {
    readonly after?: string
    readonly limit: number
  }): Promise<{ readonly documents: readonly DocumentSummary[]; readonly next: string | null }>
  /** @throws {ChatError} DOCUMENT_NOT_FOUND */
  remove(id: string): Promise<void>
  /** Stores the manual if no document has ever been stored. Resolves to whether it did. */
  addManual(load: () => Promise<readonly Document[]>): Promise<boolean>
}

export interface KnowledgeBaseOptions {
  readonly store: Pick<DocumentStore, 'put' | 'find' | 'list' | 'remove' | 'isPristine'>
  /** Parses a document and cuts it into passages. */
  readonly read: (document: IncomingDocument) => Promise<Document>
  readonly readTitles: ReadTitles
  /** Makes the stored documents searchable. */
  readonly refreshIndex: () => Promise<void>
  /** A clock in milliseconds since 1970. */
  readonly now: () => number
  /** Called when a document is on disk, and awaited while the index is refreshed. */
  readonly onStored: (document: Document, created: boolean) => Promise<void>
  /** Called when a document has been removed from the disk, and awaited in the same way. */
  readonly onRemoved: (id: string) => Promise<void>
}

export function createKnowledgeBase(options: KnowledgeBaseOptions): KnowledgeBase {
  const { store, read, readTitles, refreshIndex, now, onStored, onRemoved } = options

  return {
    async put(incoming) {
      const siteNames = await findStoredSiteNames(incoming, store, readTitles)
      const document = await read({ ...incoming, owner: 'operator', ...(siteNames.length > 0 && { siteNames }) })
      const storedAt = now()
      await store.put([document], storedAt)
      const stored = await store.find(incoming.id)
      const created = stored?.createdAt === storedAt
      await Promise.all([onStored(document, created), refreshIndex()])
      // Another request may have removed the document in between.
      if (stored === undefined) throw new ChatError('DOCUMENT_NOT_FOUND')
      return { document: stored, created }
    },

    async find(id) {
      const found = await store.find(id)
      if (found === undefined) throw new ChatError('DOCUMENT_NOT_FOUND')
      return found
    },

    async list({ after, limit }) {
      const found = await store.list({ after, limit: limit + 1 })
      const documents = found.slice(0, limit)
      return { documents, next: found.length > limit ? (documents.at(-1)?.id ?? null) : null }
    },

    async remove(id) {
      if ((await store.remove([id])) === 0) throw new ChatError('DOCUMENT_NOT_FOUND')
      await Promise.all([onRemoved(id), refreshIndex()])
    },

    async addManual(load) {
      if (!(await store.isPristine())) return false
      await store.put(await load(), now())
      await refreshIndex()
      return true
    },
  }
}
