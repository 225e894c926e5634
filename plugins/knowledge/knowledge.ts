import fp from 'fastify-plugin'
import { createBackgroundReader } from '../../src/knowledge/ingest/background-reader.ts'
import { readDocument } from '../../src/knowledge/ingest/document-reader.ts'
import { createKnowledgeBase, type KnowledgeBase } from '../../src/knowledge/knowledge-base.ts'
import { loadManual } from '../../src/knowledge/manual-loader.ts'
import { createRedactor, REDACTOR_MODULE } from '../../src/logging/redaction/redactor.ts'
import { redactPath } from '../../src/text/printing/path-redaction.ts'

declare module 'fastify' {
  interface FastifyInstance {
    knowledge: KnowledgeBase
  }
}

/** Documents; logs and audits their changes. A new database starts with the project's manual. */
export default fp(
  async fastify => {
    const log = fastify.log.child({ module: 'knowledge' })
    const redact = createRedactor().text
    const reader = createBackgroundReader({ redactorModule: REDACTOR_MODULE })
    const knowledge = createKnowledgeBase({
      store: fastify.databaseManager.documents,
      read: reader.read,
      readTitles: reader.readTitles,
      refreshIndex: () => fastify.searchEngine.index.sync(),
      now: Date.now,
      async onStored({ id, passages }, created) {
        await fastify.audit.record('document_stored', { document_id: redactPath(id, redact), created })
        log.info({ function: 'put_document', document_id: id, passages: passages.length, created }, 'Document stored')
      },
      async onRemoved(id) {
        await fastify.audit.record('document_removed', { document_id: redactPath(id, redact) })
        log.info({ function: 'remove_document', document_id: id }, 'Document removed')
      },
    })
    fastify.decorate('knowledge', knowledge)

    fastify.addHook('onClose', () => reader.close())
    fastify.addHook('onReady', async () => {
      const isAdded = await knowledge.addManual(async () =>
        Promise.all((await loadManual()).map(document => readDocument(document, redact))),
      )
      if (isAdded) log.info({ function: 'add_manual' }, 'Built-in manual added; removed with your first document')
    })
  },
  { name: 'knowledge', dependencies: ['audit', 'database-manager', 'search-engine'] },
)
