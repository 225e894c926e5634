import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observe, observeAll, recordSearch } from '../otel/recording.ts'
import { retrievalInput as attributes, retrievalOutcome } from '../otel/tracing/retrieval-attributes.ts'
import { traced } from '../otel/tracing.ts'
import { type Answerer, createAnswerer, type RatedPassages } from '../src/answering/answerer.ts'
import { abstains } from '../src/answering/confidence.ts'
import { type SearchPlanned, toQuery } from '../src/answering/search-in-context.ts'
import type { Config } from '../src/config.ts'
import type { DocumentOwner } from '../src/knowledge/document.ts'
import { trackOwner } from '../src/knowledge/owner-tracking.ts'
import { createIndexManager, type IndexManager } from '../src/search/index/index-manager.ts'
import { measureRetrieval } from '../src/search/measured-retrieval.ts'
import { createRetrieval, type Retrieve, waitForIndex } from '../src/search/retrieval.ts'

declare module 'fastify' {
  interface FastifyInstance {
    searchEngine: {
      readonly index: IndexManager
      /** Returns the best passages for a query, with their text. */
      readonly retrieve: Retrieve
      /** Who added the documents: none if undefined, `operator` until `index` is ready. */
      readonly owner: () => DocumentOwner | undefined
      readonly answerer: Answerer
      /** Finds passages for a question and estimates the probability that they answer it. */
      readonly search: SearchPlanned
    }
  }
}

/** Interval at which documents written by other processes are looked for. */
const POLL_INTERVAL_MS = 250
const SAVE_INTERVAL_MS = 60_000

/** Keeps the search index up to date. Records each search as span, metric and log line. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'answerThreshold' | 'answerLength'> }>(
  async (fastify, { config: { dataDir, answerThreshold: threshold, answerLength } }) => {
    const { background, databaseManager } = fastify
    const log = fastify.log.child({ module: 'search_engine' })
    const now = () => performance.now()
    const path = join(dataDir, 'search-index.bin')
    const store = trackOwner(databaseManager.documents)
    const index = createIndexManager({ store, path, log, now, signal: background.closing })
    const measure = measureRetrieval({ now, log, onSearch: recordSearch })
    const retrieve = waitForIndex(index, createRetrieval(index.engine, databaseManager.documents))
    const answerer = createAnswerer({ threshold, answerLength, texts: fastify.wording.texts })
    const search: SearchPlanned = plan => {
      const rate = async (...query: Parameters<Retrieve>) => answerer.rate(plan, await retrieve(...query))
      const measured = measure(rate, ({ evidence }) => ({ confidence: evidence.confidence }))
      const outcome = (found: RatedPassages) => retrievalOutcome(found, abstains(found.evidence, threshold))
      return traced('retrieval documents', measured, { attributes, outcome })(...toQuery(plan))
    }

    fastify.decorate('searchEngine', {
      index,
      retrieve: traced('retrieval documents', measure(retrieve), { attributes, outcome: found => retrievalOutcome(found) }),
      owner: () => (index.state.ready ? store.lastOwner : 'operator'),
      answerer,
      search,
    })

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
  { name: 'search-engine', dependencies: ['database-manager', 'background', 'wording'] },
)
