import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observe, observeAll } from '../../otel/recording.ts'
import type { Config } from '../../src/config.ts'
import type { DocumentOwner } from '../../src/knowledge/document.ts'
import { trackOwner } from '../../src/knowledge/owner-tracking.ts'
import { createIndexManager, type IndexManager } from '../../src/search/index-manager.ts'
import { IndexPublisher } from '../../src/search/shared/index-publisher.ts'

declare module 'fastify' {
  interface FastifyInstance {
    searchEngine: {
      readonly index: IndexManager
      /** The threads that search the index. */
      readonly readers: IndexPublisher
      /** Who added the documents: none if undefined, `operator` until `index` is ready. */
      readonly owner: () => DocumentOwner | undefined
    }
  }
}

/** Interval at which documents written by other processes are looked for. */
const POLL_INTERVAL_MS = 250
const SAVE_INTERVAL_MS = 60_000

/** Keeps the search index up to date. */
export default fp<{ readonly config: Pick<Config, 'dataDir'> }>(
  async (fastify, { config: { dataDir } }) => {
    const { background, databaseManager } = fastify
    const log = fastify.log.child({ module: 'search_engine' })
    const now = () => performance.now()
    const path = join(dataDir, 'search-index.bin')
    const store = trackOwner(databaseManager.documents)
    const readers = new IndexPublisher()
    const index = createIndexManager({ store, path, log, now, signal: background.closing, readers })
    const owner = () => (index.state.ready ? store.lastOwner : 'operator')
    fastify.decorate('searchEngine', { index, readers, owner })

    // Not awaited: the server already listens while a large index is built.
    let opening: Promise<void> | undefined
    fastify.addHook('onReady', async () => {
      opening = index.open().catch(err => log.error({ function: 'open', err }, 'Search index could not be opened'))
    })
    background.repeat(POLL_INTERVAL_MS, 'index_refresh', () => index.sync())
    background.repeat(SAVE_INTERVAL_MS, 'index_save', () => index.save())
    const stopGauges = observeAll([
      observe('chatbot_documents', () => index.state.documents),
      observe('chatbot_passages', () => index.state.passages),
    ])
    fastify.addHook('onClose', async () => {
      stopGauges()
      await opening
      await index.save()
    })
  },
  { name: 'search-engine', dependencies: ['database-manager', 'background'] },
)
