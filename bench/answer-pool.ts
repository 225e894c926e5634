import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type AnswerQuestion, createAnswerQuestion, type WrittenAnswer } from '../src/answering/answer-question.ts'
import { createAnswerer } from '../src/answering/answerer.ts'
import { startAnswerPool } from '../src/answering/pool/answer-pool.ts'
import type { SentReply } from '../src/answering/pool/answer-task.ts'
import { createPooledAnswers } from '../src/answering/pool/pooled-answers.ts'
import { createPlannedSearch } from '../src/answering/search-in-context.ts'
import { type RecallableTurn, recallTurns } from '../src/chat/past-turns.ts'
import { openDatabase } from '../src/database/database-manager.ts'
import { createDocumentStore } from '../src/database/document-store.ts'
import { type AnswerSet, readAnswerSet } from '../src/evaluation/answer-set.ts'
import { ingest } from '../src/knowledge/ingest/ingest.ts'
import { createIndexManager } from '../src/search/index-manager.ts'
import { createRetrieval } from '../src/search/retrieval.ts'
import { IndexPublisher } from '../src/search/shared/index-publisher.ts'
import { loadTexts } from '../src/wording/texts-loader.ts'

/*
 * node bench/answer-pool.ts FOLDER…
 *
 * Answers the questions of answer sets, without HTTP, in this thread and in 1 and 2 workers. Fails
 * if any answer differs. Answers/s depend on what else the machine does, processor time hardly. The
 * table has that of the main thread and of all workers for one answer, and the answers/s of
 * threads that each have a core. The longest turn is that of the main thread's event loop.
 */

const ROUNDS = 5
/** For each worker: its code is compiled while it runs. */
const WARM_UP_ROUNDS = 3
const IN_FLIGHT_PER_WORKER = 4
/** Characters of the longest message of a chat. */
const LONGEST_MESSAGE = 8000
const clock = () => performance.now()
const settings = { threshold: 0.4, answerLength: 800, texts: loadTexts() }

interface Question {
  readonly text: string
  readonly turns: readonly RecallableTurn[]
}

type AnswerOne = (question: Question) => Promise<WrittenAnswer>

const folders = process.argv.slice(2)
if (folders.length === 0) {
  console.error('usage: node bench/answer-pool.ts FOLDER…')
  process.exit(2)
}
console.log(
  '| set | workers | answers/s | µs main | µs workers | answers/s by processor time | longest turn, ms | heap of a worker, MB |',
)
console.log('|---|---|---|---|---|---|---|---|')
for (const folder of folders) await measureSet(folder)

async function measureSet(folder: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'answer-pool-'))
  const path = join(directory, 'pellucid.sqlite')
  const database = openDatabase({ path })
  const store = createDocumentStore(database)
  const readers = new IndexPublisher()
  const index = createIndexManager({ store, path: join(directory, 'search-index.bin'), now: clock, readers })
  const set = await readAnswerSet(folder)
  const put = (documents: Parameters<typeof store.put>[0]) => store.put(documents, 0)
  await ingest([set.docs], { store: { ...store, put }, prune: false, now: clock, cwd: '/' })
  await index.open()
  const answerer = createAnswerer(settings)
  const here = createAnswerQuestion({
    answerer,
    search: createPlannedSearch(createRetrieval(index.engine, store), answerer),
    compose: rated => answerer.answer(rated, 'operator'),
    clock,
  })
  const ask: AnswerOne = async ({ text, turns }) => (await here(text, async limit => recallTurns(turns, limit))).answer
  const questions = await listQuestions(set, here)
  const expected = new Map<Question, string>()
  for (const question of questions) expected.set(question, JSON.stringify(await ask(question)))
  const alone = await measure(questions, ask, { inFlight: 1, rounds: ROUNDS })
  const longest = await longestTurnMs(questions, ask)
  console.log(`| ${basename(folder)} | 0 | ${alone.perSecond} | ${alone.mainUs} | | ${perSecond(alone.mainUs)} | ${longest} | |`)

  for (const workers of [1, 2]) {
    const pool = startAnswerPool({
      workers,
      workerData: { ...settings, database: path, passageBytes: 2 ** 25 / workers, slowQueryMs: 1e6, isLogged: false },
      log: { error: facts => console.error(facts) },
      onHello: hello => readers.connect(hello),
    })
    const { answer } = createPooledAnswers({
      run: async task => (await pool.run(task)) as SentReply,
      owner: () => 'operator',
      record: () => undefined,
      fail: error => Promise.reject(error),
    })
    const askPool: AnswerOne = async ({ text, turns }) => (await answer(text, async limit => recallTurns(turns, limit))).answer
    const inFlight = IN_FLIGHT_PER_WORKER * workers
    await measure(questions, askPool, { inFlight, rounds: WARM_UP_ROUNDS * workers, expected })
    const { threads } = pool
    const { perSecond: byClock, mainUs, workerUs } = await measure(questions, askPool, { inFlight, rounds: ROUNDS, threads })
    const heaps = await Promise.all(threads.map(thread => thread.getHeapStatistics()))
    const heapMb = Math.max(...heaps.map(({ used_heap_size }) => used_heap_size)) / 1e6
    const busiest = perSecond(Math.max(mainUs, workerUs / workers))
    const longest = await longestTurnMs(questions, askPool)
    console.log(`| | ${workers} | ${byClock} | ${mainUs} | ${workerUs} | ${busiest} | ${longest} | ${heapMb.toFixed(0)} |`)
    await pool.close()
  }
  await database.close()
  rmSync(directory, { recursive: true })
}

/** The questions of a set, each with the turns before it, newest first. */
async function listQuestions(set: AnswerSet, answer: AnswerQuestion): Promise<readonly Question[]> {
  const questions: Question[] = []
  for (const { question, history = [] } of [...set.questions, ...set.outOfScope, ...set.phrasings] as {
    readonly question: string
    readonly history?: readonly string[]
  }[]) {
    const turns: RecallableTurn[] = []
    for (const message of history) {
      const { sources } = (await answer(message, async limit => recallTurns(turns, limit))).answer
      turns.unshift({ message, workings: {}, receipt: { sources } })
    }
    questions.push({ text: question, turns })
  }
  return questions
}

interface Load {
  readonly inFlight: number
  readonly rounds: number
  readonly threads?: readonly Worker[]
  /** Answers as JSON text, to compare. Comparing takes the main thread's time. */
  readonly expected?: ReadonlyMap<Question, string>
}

/** Asks all questions. Processor times are per answer. */
async function measure(questions: readonly Question[], ask: AnswerOne, { inFlight, rounds, threads = [], expected }: Load) {
  const all = Array.from({ length: rounds }, () => questions).flat()
  const cpuOf = async () => Promise.all(threads.map(async thread => totalOf(await thread.cpuUsage())))
  const [mainBefore, before] = [totalOf(process.threadCpuUsage()), await cpuOf()]
  const started = clock()
  let next = 0
  const askNext = async () => {
    for (let question = all[next++]; question !== undefined; question = all[next++]) {
      const answer = await ask(question)
      if (expected !== undefined && JSON.stringify(answer) !== expected.get(question))
        throw new Error(`another answer: ${question.text}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, askNext))
  const seconds = (clock() - started) / 1000
  const mainUs = totalOf(process.threadCpuUsage()) - mainBefore
  const used = (await cpuOf()).reduce((sum, us, i) => sum + us - before[i]!, 0)
  return {
    perSecond: Math.round(all.length / seconds),
    mainUs: Math.round(mainUs / all.length),
    workerUs: Math.round(used / all.length),
  }
}

/**
 * The longest turn of the event loop, in processor time, while each question is asked, and one of
 * 8,000 characters.
 */
async function longestTurnMs(questions: readonly Question[], ask: AnswerOne): Promise<string> {
  const long = questions
    .map(({ text }) => text)
    .join(' ')
    .slice(0, LONGEST_MESSAGE)
  let longestUs = 0
  let isDone = false
  const watch = async () => {
    while (!isDone) {
      const before = totalOf(process.threadCpuUsage())
      await setImmediate()
      longestUs = Math.max(longestUs, totalOf(process.threadCpuUsage()) - before)
    }
  }
  const watching = watch()
  for (const question of [...questions, { text: long, turns: [] }]) await ask(question)
  isDone = true
  await watching
  return (longestUs / 1000).toFixed(1)
}

/** In microseconds. */
function totalOf({ user, system }: { readonly user: number; readonly system: number }): number {
  return user + system
}

function perSecond(us: number): number {
  return Math.round(1e6 / us)
}
