import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observe, recordSearch } from '../otel/recording.ts'
import { ATTRIBUTES } from '../otel/tracing/conventions.ts'
import { traced } from '../otel/tracing.ts'
import { abstains, type RetrieveEvidence, withEvidence } from '../src/answering/confidence.ts'
import type { Config } from '../src/config.ts'
import { roundMs } from '../src/round-ms.ts'
import { createIndexKeeper, type IndexKeeper } from '../src/search/index/index-keeper.ts'
import { LARGE_INDEX_PASSAGES } from '../src/search/ranking/ranking-weights.ts'
import { createRetrieval, type Retrieve, type Retrieved } from '../src/search/retrieval.ts'
import { analyse } from '../src/search/text/analysis.ts'

declare module 'fastify' {
  interface FastifyInstance {
    searchEngine: {
      /** The search index and its state. */
      readonly index: IndexKeeper
      /** Returns the best passages for a query, with their text. */
      readonly retrieve: Retrieve
      /** The same, with the estimated probability that they answer. */
      readonly retrieveEvidence: RetrieveEvidence
    }
  }
}

/** How soon a document that another process wrote is seen. */
const POLL_INTERVAL_MS = 250
const SAVE_INTERVAL_MS = 60_000

/** The search engine, told: a span and a histogram point for each search, its index kept equal to the stored documents. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'answerThreshold'> }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'search_engine' })
    const keeper = createIndexKeeper({
      store: fastify.databaseManager.documents,
      path: join(config.dataDir, 'search-index.bin'),
      log,
      now: () => performance.now(),
      signal: fastify.background.closing,
    })
    const retrieve = createRetrieval(keeper.engine, fastify.databaseManager.documents)

    /** Tells about each search; `more` is what only some searches have to tell. */
    function observed<T extends Retrieved>(
      search: (...asked: Parameters<Retrieve>) => Promise<T>,
      more: (found: T) => { readonly line: object; readonly span: Record<string, boolean> },
    ) {
      const logged = async (...[query, limit, options]: Parameters<Retrieve>): Promise<T> => {
        const started = performance.now()
        const found = await search(query, limit, options)
        const tookMs = performance.now() - started
        recordSearch(tookMs, found.passages.length)
        log.debug(
          {
            function: 'search',
            query_chars: query.length,
            terms: found.terms.length,
            scored: found.scored,
            ...more(found).line,
            hits: found.passages.length,
            took_ms: roundMs(tookMs),
          },
          'Searched',
        )
        return found
      }
      return traced('retrieval documents', logged, {
        attributes: (_query, limit) => ({
          [ATTRIBUTES.genAiOperationName]: 'retrieval',
          [ATTRIBUTES.genAiDataSourceId]: 'documents',
          [ATTRIBUTES.genAiRetrievalTopK]: limit,
        }),
        outcome: found => ({
          [ATTRIBUTES.chatbotRetrievalHits]: found.passages.length,
          [ATTRIBUTES.chatbotRetrievalTopScore]: found.passages[0]?.score ?? 0,
          ...more(found).span,
        }),
      })
    }

    fastify.decorate('searchEngine', {
      index: keeper,
      retrieve: observed(retrieve, () => ({ line: {}, span: {} })),
      retrieveEvidence: observed(withEvidence(retrieve, analyse), ({ evidence }) => ({
        line: { confidence: evidence.confidence },
        span: { [ATTRIBUTES.chatbotRetrievalAbstained]: abstains(evidence, config.answerThreshold) },
      })),
    })

    let isLarge = false
    function tellSize(): void {
      if (keeper.state.passages > LARGE_INDEX_PASSAGES === isLarge) return
      isLarge = !isLarge
      const message = isLarge
        ? 'The index is large: fewer passages are looked at closely, and not for their likeness to others'
        : 'The index is small enough for the whole ranking again'
      log.info({ function: 'sync', passages: keeper.state.passages, limit: LARGE_INDEX_PASSAGES }, message)
    }

    let opening: Promise<void> | undefined
    // What is stored is searchable before the server says that it is ready; a large index is built while it listens already.
    fastify.addHook('onReady', async () => {
      opening = keeper.open().catch(err => log.error({ function: 'open', err }, 'The search index could not be opened'))
    })
    fastify.background.repeat(POLL_INTERVAL_MS, 'index_refresh', () => keeper.sync().then(tellSize))
    fastify.background.repeat(SAVE_INTERVAL_MS, 'index_save', () => keeper.save())
    fastify.addHook('onClose', async () => {
      stopDocuments()
      stopPassages()
      await opening
      await keeper.save()
    })
    const stopDocuments = observe('chatbot_documents', () => keeper.state.documents)
    const stopPassages = observe('chatbot_passages', () => keeper.state.passages)
  },
  { name: 'search-engine', dependencies: ['database-manager', 'background', 'telemetry'] },
)
