import { createAnswerer } from '../../src/answering/answerer.ts'
import type { PastTurn } from '../../src/answering/question/follow-up.ts'
import { createPlannedSearch, searchInContext } from '../../src/answering/search-in-context.ts'
import type { StoredPassage } from '../../src/knowledge/document.ts'
import { createSearchEngine } from '../../src/search/passage-search.ts'
import { createRetrieval } from '../../src/search/retrieval.ts'
import { loadTexts } from '../../src/wording/texts-loader.ts'

/** What a test says of a passage. Each is a document of its own, unless it names one. */
export type Page = Partial<StoredPassage>

export interface AnswerOptions {
  /** Default 0: all is answered. */
  readonly threshold?: number
  /** UTF-16 code units. Default 800. */
  readonly answerLength?: number
  /** Earlier turns, newest first. */
  readonly turns?: readonly PastTurn[]
}

const texts = loadTexts()

/** Pages about something else, so a word that one page has is rare. */
export function fillers(count: number): readonly Page[] {
  return Array.from({ length: count }, (_, i) => ({ title: `Garden ${i}`, text: `Flowers of garden ${i} bloom late.` }))
}

/**
 * Answers a message from pages, with the engine and the steps of the service. Returns the answer,
 * its text, the rated passages, and how often the earlier turns were read.
 */
export async function answerFrom(
  message: string,
  pages: readonly Page[],
  { threshold = 0, answerLength = 800, turns = [] }: AnswerOptions = {},
) {
  const engine = createSearchEngine()
  const passages = pages.map((page, i): StoredPassage => {
    const documentId = page.documentId ?? `d${i}`
    return { documentId, ordinal: 0, title: '', headings: [], location: documentId, text: '', ...page }
  })
  for (const [id, own] of Map.groupBy(passages, ({ documentId }) => documentId)) engine.replace(id, own[0]!.title, own)
  const find = (ref: Pick<StoredPassage, 'documentId' | 'ordinal'>) =>
    passages.find(({ documentId, ordinal }) => documentId === ref.documentId && ordinal === ref.ordinal)
  const answerer = createAnswerer({ threshold, answerLength, texts })
  const search = createPlannedSearch(createRetrieval(engine, { passages: async refs => refs.map(find) }), answerer)
  let turnsRead = 0
  const rated = await searchInContext(message, {
    answerer,
    search,
    async pastTurns(limit) {
      turnsRead++
      return turns.slice(0, limit)
    },
  })
  const answer = answerer.answer(rated, 'operator')
  return { ...answer, rated, turnsRead, text: answer.response.text }
}
