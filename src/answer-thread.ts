import { AsyncLocalStorage } from 'node:async_hooks'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { createAnswerQuestion } from './answering/answer-question.ts'
import { createAnswerer } from './answering/answerer.ts'
import type {
  AnswerResult,
  AnswerTask,
  AnswerWorkerData,
  ReadRecord,
  SearchRecord,
  SentReply,
} from './answering/pool/answer-task.ts'
import { createPlannedSearch, mayNeedTurns, type SearchDescription } from './answering/search-in-context.ts'
import { openForQueries } from './database/connection.ts'
import { createDocumentReader } from './database/document-store.ts'
import { createPassageReader } from './database/documents/passage-reader.ts'
import type { FailedRead } from './database/read-health.ts'
import { createReader } from './database/reader.ts'
import { type SerializedError, serializeError } from './database/serialized-error.ts'
import { createTextRedaction } from './logging/record/message-content.ts'
import { measureRetrieval } from './search/measured-retrieval.ts'
import { createRetrieval, type Retrieve, type Retrieved } from './search/retrieval.ts'
import { connectIndexReader } from './search/shared/index-reader.ts'

// Entry point of an answer worker: answers one question at a time, from the index in shared memory
// and from its own connection to the database.

const options = workerData as AnswerWorkerData
const { database, passageBytes, slowQueryMs, isLogged } = options
const clock = () => performance.now()
const redacted = createTextRedaction()

/** The reads of the search that is running. Searches of one question may overlap. */
const readsOfSearch = new AsyncLocalStorage<ReadRecord[]>()
/** The last read that failed during the task. */
let failedRead: FailedRead | undefined
const reader = createReader(openForQueries(database), {
  now: clock,
  slowQueryMs,
  onSlow: slow => void Object.assign(readsOfSearch.getStore()?.at(-1) ?? {}, { slow }),
  onFailure(read) {
    failedRead = read
  },
  observe(statement, run) {
    const read = { ...statement, start: clock(), end: 0 }
    readsOfSearch.getStore()?.push(read)
    const result = run()
    read.end = clock()
    return result
  },
})
const documents = { ...createDocumentReader(reader), passages: createPassageReader(reader, passageBytes) }
const engine = connectIndexReader((hello, transfer) => parentPort?.postMessage(hello, transfer as MessagePort[]), documents)
const retrieve = createRetrieval(engine, documents)
const answerer = createAnswerer(options)

/** Runs a task. Resolves to its reply, or to an error. */
export async function run(task: AnswerTask): Promise<SentReply | SerializedError> {
  const searches: SearchRecord[] = []
  failedRead = undefined
  try {
    const { workingsJson, ...result } = await perform(task, searches)
    return { json: JSON.stringify({ ...result, records: { searches, repliedAt: clock() } }), workingsJson }
  } catch (error) {
    return { ...serializeError(error), failedRead }
  }
}

async function perform(task: AnswerTask, searches: SearchRecord[]): Promise<AnswerResult & Pick<SentReply, 'workingsJson'>> {
  if (task.kind === 'retrieve') {
    const { passages, terms, corrections, scored } = await recordIn(searches, retrieve)(task.query, task.limit, task.options)
    const shown = passages.map(({ analysis, matches, before, after, ...passage }) => passage)
    return { kind: 'found', found: { passages: shown, terms, corrections, scored } }
  }
  // Known before the first search, so no search is made twice.
  if (task.turns === undefined && mayNeedTurns(task.question)) return { kind: 'turns-needed' }
  const answerQuestion = createAnswerQuestion({
    answerer,
    search: createPlannedSearch(retrieve, answerer, (search, describe) => recordIn(searches, search, describe)),
    compose: rated => answerer.answer(rated, task.owner),
    clock,
  })
  const { answer: written, answerMs } = await answerQuestion(task.question, async () => task.turns ?? [])
  const end = clock()
  const { workingsJson, ...answer } = written
  const { text, plain } = answer.response
  const response = { text, plain, redacted: isLogged ? redacted(answer.response) : undefined }
  return { kind: 'answered', answer: { ...answer, response }, answering: { start: end - answerMs, end }, workingsJson }
}

/** Wraps a search to record it, with its reads, in the order in which searches begin. */
function recordIn<Found extends Retrieved>(
  searches: SearchRecord[],
  search: (...query: Parameters<Retrieve>) => Promise<Found>,
  describe?: (found: Found) => SearchDescription,
): (...query: Parameters<Retrieve>) => Promise<Found> {
  return async (...query) => {
    const reads: ReadRecord[] = []
    const entry = { start: clock(), end: 0, limit: query[1], scores: [], facts: {}, reads }
    searches.push(entry)
    const moreFacts = describe && ((found: Found) => ({ confidence: describe(found).confidence }))
    const measured = measureRetrieval({ now: clock, onSearch: ({ facts }) => void Object.assign(entry, { facts }) })(
      search,
      moreFacts,
    )
    const found = await readsOfSearch.run(reads, () => measured(...query))
    const scores = found.passages.map(({ score }) => score)
    Object.assign(entry, { end: clock(), scores, abstained: describe?.(found).abstained })
    return found
  }
}
