import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { createAnswerQuestion } from './answering/answer-question.ts'
import { createAnswerer } from './answering/answerer.ts'
import { abstains } from './answering/confidence.ts'
import type { AnswerResult, AnswerTask, AnswerWorkerData, ReadRecord, SearchRecord } from './answering/pool/answer-task.ts'
import { toQuery } from './answering/search-in-context.ts'
import { openForQueries } from './database/connection.ts'
import { createDocumentReader } from './database/document-store.ts'
import { createPassageReader } from './database/documents/passage-reader.ts'
import { createReader } from './database/reader.ts'
import { type SerializedError, serializeError } from './database/writer/serialized-error.ts'
import { createTextRedaction } from './logging/record/message-content.ts'
import { measureRetrieval } from './search/measured-retrieval.ts'
import { createRetrieval, type Retrieve, type Retrieved } from './search/retrieval.ts'
import { connectIndexReader } from './search/shared/index-reader.ts'

// Entry point of an answer worker: answers one question at a time, from the index in shared memory
// and from its own connection to the database.

/** Thrown for a question that depends on earlier turns, which the task lacks. */
const NEEDS_TURNS = new Error('The question depends on earlier turns')

const options = workerData as AnswerWorkerData
const { database, passageBytes, slowQueryMs, isLogged, threshold } = options
const clock = () => performance.now()
const redacted = createTextRedaction()

/** The searches of the current task. A search reads passages before the next one begins. */
let searches: (SearchRecord & { readonly reads: ReadRecord[] })[] = []
/** The facts of the last slow read. */
let slow: object | undefined
const reader = createReader(openForQueries(database), {
  log: { debug() {}, info() {}, warn: facts => (slow = facts), error() {} },
  now: clock,
  slowQueryMs,
  onSlow() {},
  observe(statement, run) {
    slow = undefined
    const start = clock()
    const result = run()
    searches.at(-1)?.reads.push({ ...statement, start, end: clock(), ...(slow !== undefined && { slow }) })
    return result
  },
})
const documents = { ...createDocumentReader(reader), passages: createPassageReader(reader, passageBytes) }
const engine = connectIndexReader((hello, transfer) => parentPort?.postMessage(hello, transfer as MessagePort[]), documents)
const retrieve = createRetrieval(engine, documents)
const answerer = createAnswerer(options)
const answerQuestion = createAnswerQuestion({
  answerer,
  search: plan =>
    record(
      async (...query) => answerer.rate(plan, await retrieve(...query)),
      toQuery(plan),
      ({ evidence }) => ({ abstained: abstains(evidence, threshold), confidence: evidence.confidence }),
    ),
  compose: rated => answerer.answer(rated, owner),
  clock,
})
let owner: (AnswerTask & { kind: 'answer' })['owner']

/** Runs a task. Resolves to JSON text of an `AnswerReply`, or to an error. */
export async function run(task: AnswerTask): Promise<string | SerializedError> {
  searches = []
  try {
    const reply = await perform(task)
    return JSON.stringify({ ...reply, records: { searches, repliedAt: clock() } })
  } catch (error) {
    if (error === NEEDS_TURNS) return JSON.stringify({ kind: 'needs_turns', records: { searches: [], repliedAt: clock() } })
    return serializeError(error)
  }
}

async function perform(task: AnswerTask): Promise<AnswerResult> {
  if (task.kind === 'retrieve') {
    const { passages, terms, corrections, scored } = await record(retrieve, [task.query, task.limit, task.options])
    const shown = passages.map(({ analysis, matches, before, after, ...passage }) => passage)
    return { kind: 'found', found: { passages: shown, terms, corrections, scored } }
  }
  owner = task.owner
  const { answer, answerMs } = await answerQuestion(task.question, async () => {
    if (task.turns === undefined) throw NEEDS_TURNS
    return task.turns
  })
  const end = clock()
  const { text, plain } = answer.response
  const response = { text, plain, redacted: isLogged ? redacted(answer.response) : undefined }
  return { kind: 'answered', answer: { ...answer, response }, answering: { start: end - answerMs, end } }
}

/** Searches, and records the search with its reads. */
async function record<Found extends Retrieved>(
  search: (...query: Parameters<Retrieve>) => Promise<Found>,
  query: Parameters<Retrieve>,
  describe?: (found: Found) => { readonly abstained: boolean; readonly confidence: number },
): Promise<Found> {
  const entry = { start: clock(), end: 0, limit: query[1], scores: [], facts: {}, reads: [] }
  searches.push(entry)
  const log = { debug: (facts: object) => void Object.assign(entry, { facts }) }
  const moreFacts = describe && ((found: Found) => ({ confidence: describe(found).confidence }))
  const found = await measureRetrieval({ now: clock, log, onSearch() {} })(search, moreFacts)(...query)
  const scores = found.passages.map(({ score }) => score)
  Object.assign(entry, { end: clock(), scores, abstained: describe?.(found).abstained })
  return found
}
