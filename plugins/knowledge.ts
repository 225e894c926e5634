import fp from 'fastify-plugin'
import { ChatError } from '../src/errors.ts'
import type { DocumentFormat, DocumentSummary } from '../src/knowledge/document.ts'
import { createBackgroundReader } from '../src/knowledge/ingest/background-reader.ts'
import { readDocument } from '../src/knowledge/ingest/document-reader.ts'
import { loadManual } from '../src/knowledge/manual.ts'

/** A document as it comes over REST. */
export interface PutDocument {
  readonly id: string
  readonly title?: string
  readonly text: string
  readonly format: DocumentFormat
  readonly url?: string
}

export interface Knowledge {
  /** Stores or replaces a document; when it resolves, it is on disk and searchable. @throws {ChatError} DOCUMENT_UNREADABLE, OVERLOADED, SHUTTING_DOWN */
  put(document: PutDocument): Promise<{ readonly document: DocumentSummary; readonly created: boolean }>
  /** @throws {ChatError} DOCUMENT_NOT_FOUND */
  find(id: string): Promise<DocumentSummary & { readonly text: string }>
  /** Documents by id; `next` is the `after` of the next page. */
  list(page: {
    readonly after?: string
    readonly limit: number
  }): Promise<{ readonly documents: readonly DocumentSummary[]; readonly next: string | null }>
  /** @throws {ChatError} DOCUMENT_NOT_FOUND */
  remove(id: string): Promise<void>
}

declare module 'fastify' {
  interface FastifyInstance {
    knowledge: Knowledge
  }
}

/** Documents over REST; and on the very first start the project's own manual, so that there is something to ask about. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'knowledge' })
    const { documents } = fastify.databaseManager
    const { index } = fastify.searchEngine
    const reader = createBackgroundReader()

    async function find(id: string) {
      const found = await documents.find(id)
      if (found === undefined) throw new ChatError('DOCUMENT_NOT_FOUND')
      return found
    }

    fastify.decorate('knowledge', {
      find,
      async put(incoming) {
        const document = await reader.read({ ...incoming, owner: 'operator' })
        const now = Date.now()
        await documents.put([document], now)
        const stored = await documents.find(incoming.id)
        const created = stored?.createdAt === now
        // It is stored, whoever removed it since: that is told before anything can fail.
        fastify.audit.record('document_stored', { document_id: incoming.id, created })
        await index.sync()
        log.info(
          { function: 'put_document', document_id: incoming.id, passages: document.passages.length, created },
          'Stored document',
        )
        if (stored === undefined) throw new ChatError('DOCUMENT_NOT_FOUND')
        return { document: stored, created }
      },
      async list({ after, limit }) {
        const found = await documents.list({ after, limit: limit + 1 })
        const page = found.slice(0, limit)
        return { documents: page, next: found.length > limit ? (page.at(-1)?.id ?? null) : null }
      },
      async remove(id) {
        if ((await documents.remove([id], Date.now())) === 0) throw new ChatError('DOCUMENT_NOT_FOUND')
        fastify.audit.record('document_removed', { document_id: id })
        await index.sync()
        log.info({ function: 'remove_document', document_id: id }, 'Removed document')
      },
    })

    fastify.addHook('onClose', () => reader.close())
    fastify.addHook('onReady', async () => {
      if (!(await documents.isPristine())) return
      const manual = await Promise.all((await loadManual()).map(readDocument))
      await documents.put(manual, Date.now())
      await index.sync()
      log.info(
        { function: 'ingest_manual', documents: manual.length },
        'Ingested the manual of this server, until documents of your own arrive',
      )
    })
  },
  { name: 'knowledge', dependencies: ['audit', 'database-manager', 'search-engine'] },
)
