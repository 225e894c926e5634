import { createAnswerer } from '../answering/answerer.ts'
import { PAST_TURNS } from '../answering/question/follow-up.ts'
import { createPlannedSearch, type SearchPlanned, searchInContext, toQuery } from '../answering/search-in-context.ts'
import { type RecallableTurn, recallTurns } from '../chat/past-turns.ts'
import { parseMessage } from '../commands/parsing/command-parser.ts'
import { usageOf } from '../commands/parsing/command-usage.ts'
import { messageOf } from '../errors.ts'
import type { CollectionDocument, Query } from '../evaluation/collection.ts'
import type { Outcome } from '../evaluation/evaluation.ts'
import type { Reply } from '../evaluation/reply.ts'
import type { Document, StoredPassage } from '../knowledge/document.ts'
import { readDocument } from '../knowledge/ingest/document-reader.ts'
import { type IngestReport, ingest } from '../knowledge/ingest/ingest.ts'
import { REDACTOR_MODULE } from '../logging/redaction/redactor.ts'
import { fixedText, type ReplyText } from '../reply-text.ts'
import { createSearchEngine } from '../search/passage-search.ts'
import { createRetrieval } from '../search/retrieval.ts'
import type { SearchOptions } from '../search/search-engine.ts'
import { createSmallTalk } from '../wording/small-talk.ts'
import { loadTexts } from '../wording/texts-loader.ts'

/**
 * The server's request path without HTTP, sessions and database. Reads, indexes, searches and
 * quotes documents as the server does.
 */
export interface TrialService {
  /** Answers a question after a recorded conversation. */
  ask(query: Query): Promise<Outcome>
  /** Answers the messages of one session, oldest first, and resolves to the reply to the last. */
  converse(messages: readonly string[]): Promise<Reply>
  readonly search: SearchPlanned
}

interface TrialTurn extends RecallableTurn {
  readonly reply: Reply
}

export interface TrialOptions {
  /** Lowest confidence, 0–1, of an answer. */
  readonly threshold: number
  /** As the setting `ANSWER_LENGTH`. Default: 800. */
  readonly answerLength?: number
  /** As the setting `TEXTS_FILE`. */
  readonly textsFile?: string | undefined
  /** Files and folders that no document may include. Default: none. */
  readonly privatePaths?: readonly string[]
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
}

const RANKED_DOCUMENTS = 100

/**
 * Creates an in-memory service that holds these documents as plain text. `skipped` are those that
 * could not be read, with the reason.
 */
export async function createTrialService(documents: readonly CollectionDocument[], options: TrialOptions) {
  const store = createTrialStore()
  const skipped: { readonly id: string; readonly problem: string }[] = []
  for (const { id, title, text } of documents) {
    const incoming = { id, title: title === '' ? undefined : title, text, format: 'text', owner: 'operator' } as const
    try {
      store.add(await readDocument(incoming))
    } catch (error) {
      skipped.push({ id, problem: messageOf(error) })
    }
  }
  return { ...serve(store, options), skipped }
}

/** Creates an in-memory service from the files of a folder, read as `pellucid ingest` does. */
export async function createFolderService(folder: string, cwd: string, options: TrialOptions) {
  const store = createTrialStore()
  const report: IngestReport = await ingest([folder], {
    store: {
      put: async documents => documents.forEach(store.add),
      // The store is empty, so that nothing can be replaced or removed.
      findMany: async () => [],
      fromFilesBelow: async () => [],
      remove: async () => 0,
    },
    prune: false,
    now: options.clock,
    cwd,
    privatePaths: options.privatePaths,
    redactorModule: REDACTOR_MODULE,
  })
  return { ...serve(store, options), report }
}

function createTrialStore() {
  const engine = createSearchEngine()
  const stored = new Map<string, readonly StoredPassage[]>()
  return {
    engine,
    stored,
    add({ id, title, passages }: Document): void {
      engine.replace(id, title, passages)
      const located = passages.map(passage => ({ ...passage, documentId: id, title }))
      stored.set(id, located)
    },
  }
}

function serve({ engine, stored }: ReturnType<typeof createTrialStore>, options: TrialOptions): TrialService {
  const { threshold, answerLength = 800, textsFile, clock } = options
  const retrieve = createRetrieval(engine, {
    passages: async refs => refs.map(({ documentId, ordinal }) => stored.get(documentId)?.[ordinal]),
  })
  const texts = loadTexts(textsFile)
  const replyToSmallTalk = createSmallTalk(texts)
  const answerer = createAnswerer({ threshold, answerLength, texts })
  const search = createPlannedSearch(retrieve, answerer)

  /** Answers a question after these turns, newest first. Nothing is searched for small talk. */
  async function respond(message: string, turns: readonly RecallableTurn[]) {
    const started = clock()
    const smallTalk = replyToSmallTalk(message)
    if (smallTalk !== undefined) return { ...sayFixed('fallback', 0, smallTalk.response), rated: undefined }
    const pastTurns = async (limit: number) => recallTurns(turns, limit)
    const rated = await searchInContext(message, { answerer, search, pastTurns })
    const { kind, confidence, response, sources, workings } = answerer.answer(rated, 'operator')
    const tookMs = clock() - started
    const reply = { kind, confidence, response: response.text, plain: response.plain, sources, tookMs }
    return { rated, reply, workings, receipt: { sources } }
  }

  /** Takes a turn as the chat does. */
  async function takeTurn(message: string, turns: readonly RecallableTurn[]): Promise<TrialTurn> {
    const parsed = parseMessage(message)
    if (parsed.kind === 'command') return { message, ...sayFixed('command', 1, fixedText(usageOf(parsed.command))) }
    if (parsed.kind === 'command-error') return { message, ...sayFixed('command', 1, parsed.response) }
    return { message, ...(await respond(parsed.text, turns)) }
  }

  function rank(query: string, options: SearchOptions | undefined): Outcome['documents'] {
    for (let limit = RANKED_DOCUMENTS; ; limit *= 4) {
      const { hits } = engine.search(query, limit, options)
      const best = new Map<string, number>()
      for (const { documentId, score } of hits) if (!best.has(documentId)) best.set(documentId, score)
      if (best.size >= RANKED_DOCUMENTS || hits.length < limit)
        return [...best].slice(0, RANKED_DOCUMENTS).map(([id, score]) => ({ id, score }))
    }
  }

  return {
    search,
    async ask({ text, history = [] }) {
      const turns = toTurns(history, message => replyToSmallTalk(message) !== undefined)
      const { rated, reply } = await respond(text, turns)
      // Its questions are searched one by one, but documents are judged for the whole message.
      const plan = rated?.further === undefined ? rated?.plan : answerer.plan(answerer.read(text), recallTurns(turns, PAST_TURNS))
      const [query, , options] = plan === undefined ? [text] : toQuery(plan)
      return { ...reply, documents: rank(query, options) }
    },
    async converse(messages) {
      const turns: TrialTurn[] = []
      for (const message of messages) turns.unshift(await takeTurn(message, turns))
      const [latest] = turns
      if (latest === undefined) throw new RangeError('A conversation has at least one message.')
      return latest.reply
    },
  }
}

/** A reply that needs no documents. */
function sayFixed(kind: Reply['kind'], confidence: number, { text, plain }: ReplyText) {
  return { reply: { kind, confidence, response: text, plain, sources: [], tookMs: 0 }, receipt: { sources: [] } }
}

/**
 * Pairs each message of the user with the reply after it, as quoted from a page without a title.
 * Newest first.
 */
function toTurns(history: NonNullable<Query['history']>, isSmallTalk: (message: string) => boolean): readonly RecallableTurn[] {
  const turns: { message: string; reply: string }[] = []
  for (const { role, text } of history) {
    const open = turns.at(-1)
    if (role === 'user') turns.push({ message: text, reply: '' })
    else if (open === undefined) turns.push({ message: '', reply: text })
    else open.reply = `${open.reply} ${text}`.trim()
  }
  return turns.reverse().map(({ message, reply }) => ({
    message,
    workings: isSmallTalk(message) ? undefined : {},
    receipt: { sources: [{ title: '', passage: reply, highlights: [{ start: 0, end: reply.length }] }] },
  }))
}
