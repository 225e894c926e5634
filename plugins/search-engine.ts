import { join } from 'node:path'
import fp from 'fastify-plugin'
import { observe, observeAll, recordSearch } from '../otel/recording.ts'
import { ATTRIBUTES } from '../otel/tracing/conventions.ts'
import { traced } from '../otel/tracing.ts'
import { abstains, type RetrieveEvidence, withEvidence } from '../src/answering/confidence.ts'
import type { Config } from '../src/config.ts'
import { createIndexManager, type IndexManager } from '../src/search/index/index-manager.ts'
import { measureRetrieval } from '../src/search/measured-retrieval.ts'
import { createRetrieval, type Retrieve, type Retrieved } from '../src/search/retrieval.ts'
import { analyse } from '../src/search/text/analysis.ts'

declare module 'fastify' {
  interface FastifyInstance {
    searchEngine: {
      readonly index: IndexManager
      /** Returns the best passages for a query, with their text. */
      readonly retrieve: Retrieve
      /** Also estimates the probability that the passages answer the query. */
      readonly retrieveEvidence: RetrieveEvidence
    }
  }
}

/** Interval at which documents written by other processes are looked for. */
const POLL_INTERVAL_MS = 250
const SAVE_INTERVAL_MS = 60_000

/** Keeps the search index up to date. Records each search as span, metric and log line. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'answerThreshold'> }>(
  async (fastify, { config }) => {
    const { background, databaseManager } = fastify
    const log = fastify.log.child({ module: 'search_engine' })
    const now = () => performance.now()
    const path = join(config.dataDir, 'search-index.bin')
    const index = createIndexManager({ store: databaseManager.documents, path, log, now, signal: background.closing })
    const measure = measureRetrieval({ now, log, onSearch: recordSearch })
    const retrieve = createRetrieval(index.engine, databaseManager.documents)
    const retrieveEvidence = measure(withEvidence(retrieve, analyse), ({ evidence }) => ({ confidence: evidence.confidence }))

    fastify.decorate('searchEngine', {
      index,
      retrieve: traced('retrieval documents', measure(retrieve), { attributes, outcome: describeHits }),
      retrieveEvidence: traced('retrieval documents', retrieveEvidence, {
        attributes,
        outcome: found => describeHits(found, abstains(found.evidence, config.answerThreshold)),
      }),
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
  { name: 'search-engine', dependencies: ['database-manager', 'background'] },
)

const attributes = (_query: string, limit: number) => ({
  [ATTRIBUTES.genAiOperationName]: 'retrieval',
  [ATTRIBUTES.genAiDataSourceId]: 'documents',
  [ATTRIBUTES.genAiRetrievalTopK]: limit,
})

const describeHits = ({ passages }: Retrieved, abstained?: boolean) => ({
  [ATTRIBUTES.chatbotRetrievalHits]: passages.length,
  [ATTRIBUTES.chatbotRetrievalTopScore]: passages[0]?.score ?? 0,
  ...(abstained !== undefined && { [ATTRIBUTES.chatbotRetrievalAbstained]: abstained }),
})
