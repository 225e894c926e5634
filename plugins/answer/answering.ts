import fp from 'fastify-plugin'
import { recordAnswer, recordSearch } from '../../otel/recording.ts'
import { retrievalInput as attributes, retrievalOutcome } from '../../otel/tracing/retrieval-attributes.ts'
import { answerOutcome } from '../../otel/tracing/turn-attributes.ts'
import { traced } from '../../otel/tracing.ts'
import { type AnswerQuestion, createAnswerQuestion } from '../../src/answering/answer-question.ts'
import { createAnswerer, type RatedPassages } from '../../src/answering/answerer.ts'
import { createPlannedSearch } from '../../src/answering/search-in-context.ts'
import { createTimeSlices } from '../../src/answering/time-slices.ts'
import type { Config } from '../../src/config.ts'
import { measureRetrieval } from '../../src/search/measured-retrieval.ts'
import { createRetrieval, type FindPassages, waitForIndex } from '../../src/search/retrieval.ts'

declare module 'fastify' {
  interface FastifyInstance {
    answering: {
      readonly answer: AnswerQuestion
      /** Returns the best passages for a query, with their text. */
      readonly retrieve: FindPassages
    }
  }
}

/**
 * Searches and answers, by workers or in this thread. Each search is a span, a metric and a log
 * line; each answer is a span and a metric.
 */
export default fp<{ readonly config: Pick<Config, 'answerThreshold' | 'answerLength'> }>(
  async (fastify, { config: { answerThreshold: threshold, answerLength } }) => {
    const { answerPool, databaseManager, searchEngine, wording } = fastify
    const { index, owner } = searchEngine

    function createAnswering() {
      const log = fastify.log.child({ module: 'search_engine' })
      const now = () => performance.now()
      const measure = measureRetrieval({
        now,
        onSearch({ tookMs, hits, facts }) {
          recordSearch(tookMs, hits)
          log.debug(facts, 'Search completed')
        },
      })
      const retrieve = waitForIndex(index, createRetrieval(index.engine, databaseManager.documents))
      const answerer = createAnswerer({ threshold, answerLength, texts: wording.texts })
      const search = createPlannedSearch(retrieve, answerer, (search, describe) => {
        const measured = measure(search, found => ({ confidence: describe(found).confidence }))
        const outcome = (found: RatedPassages) => retrievalOutcome(found, describe(found).abstained)
        return traced('retrieval documents', measured, { attributes, outcome })
      })
      const compose = (rated: RatedPassages) => {
        const answer = answerer.answer(rated, owner())
        recordAnswer(answer.kind === 'answer', answer.confidence)
        return answer
      }
      const takeSlice = createTimeSlices({ now })
      const answer = createAnswerQuestion({
        answerer,
        search,
        compose: traced('answer', compose, { outcome: answerOutcome }),
        clock: now,
      })
      return {
        async answer(...args: Parameters<AnswerQuestion>) {
          await takeSlice()
          return answer(...args)
        },
        retrieve: traced('retrieval documents', measure(retrieve), { attributes, outcome: found => retrievalOutcome(found) }),
      }
    }

    fastify.decorate('answering', answerPool ?? createAnswering())
  },
  { name: 'answering', dependencies: ['answer-pool', 'database-manager', 'search-engine', 'wording'] },
)
