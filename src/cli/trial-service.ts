import { createAnswerer } from '../answering/answerer.ts'
import { createPlannedSearch, type SearchPlanned, searchInContext } from '../answering/search-in-context.ts'
import { type RecallableTurn, recallTurns } from '../chat/past-turns.ts'
import { messageOf } from '../errors.ts'
import type { CollectionDocument, Query } from '../evaluation/collection.ts'
import type { Outcome } from '../evaluation/evaluation.ts'
import type { StoredPassage } from '../knowledge/document.ts'
import { readDocument } from '../knowledge/ingest/document-reader.ts'
import { createSearchEngine } from '../search/passage-search.ts'
import { createRetrieval } from '../search/retrieval.ts'
import type { QueryContext } from '../search/search-engine.ts'

/**
 * The server's request path without HTTP, sessions and database. Reads, indexes, searches and
 * quotes documents as the server does.
 */
export interface TrialService {
  ask(query: Query): Promise<Outcome>
  readonly search: SearchPlanned
  /** Documents that could not be read, with the reason. */
  readonly skipped: readonly { readonly id: string; readonly problem: string }[]
}

export interface TrialOptions {
  /** Lowest confidence, 0–1, of an answer. */
  readonly threshold: number
  /** As the setting `ANSWER_LENGTH`. Default: 800. */
  readonly answerLength?: number
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
}

const RANKED_DOCUMENTS = 100

/** Creates an in-memory service that holds these documents as plain text. */
export async function createTrialService(
  documents: readonly CollectionDocument[],
  { threshold, answerLength = 800, clock }: TrialOptions,
): Promise<TrialService> {
  const engine = createSearchEngine()
  const stored = new Map<string, readonly StoredPassage[]>()
  const skipped: { id: string; problem: string }[] = []
  for (const { id, title, text } of documents) {
    try {
      const document = await readDocument({
        id,
        title: title === '' ? undefined : title,
        text,
        format: 'text',
        owner: 'operator',
      })
      engine.replace(id, document.title, document.passages)
      stored.set(
        id,
        document.passages.map(passage => ({ ...passage, documentId: id, title: document.title })),
      )
    } catch (error) {
      skipped.push({ id, problem: messageOf(error) })
    }
  }
  const retrieve = createRetrieval(engine, {
    passages: async refs => refs.map(({ documentId, ordinal }) => stored.get(documentId)?.[ordinal]),
  })
  const answerer = createAnswerer({ threshold, answerLength })
  const search = createPlannedSearch(retrieve, answerer)

  function rank(text: string, context: readonly QueryContext[]): Outcome['documents'] {
    for (let limit = RANKED_DOCUMENTS; ; limit *= 4) {
      const { hits } = engine.search(text, limit, { context })
      const best = new Map<string, number>()
      for (const { documentId, score } of hits) if (!best.has(documentId)) best.set(documentId, score)
      if (best.size >= RANKED_DOCUMENTS || hits.length < limit)
        return [...best].slice(0, RANKED_DOCUMENTS).map(([id, score]) => ({ id, score }))
    }
  }

  return {
    skipped,
    search,
    async ask({ text, history = [] }) {
      const pastTurns = async (limit: number) => recallTurns(toTurns(history), limit)
      const started = clock()
      const rated = await searchInContext(text, { answerer, search, pastTurns })
      const { confidence, response } = answerer.answer(rated)
      const tookMs = clock() - started
      const { question, context } = rated.plan
      return { documents: rank(question.query, context), confidence, response: response.plain, tookMs }
    },
  }
}

/**
 * Pairs each message of the user with the reply after it, as quoted from a page without a title.
 * Newest first.
 */
function toTurns(history: NonNullable<Query['history']>): readonly RecallableTurn[] {
  const turns: { message: string; reply: string }[] = []
  for (const { role, text } of history) {
    const open = turns.at(-1)
    if (role === 'user') turns.push({ message: text, reply: '' })
    else if (open === undefined) turns.push({ message: '', reply: text })
    else open.reply = `${open.reply} ${text}`.trim()
  }
  return turns.reverse().map(({ message, reply }) => ({
    message,
    receipt: { sources: [{ title: '', passage: reply, highlights: [{ start: 0, end: reply.length }] }] },
  }))
}
