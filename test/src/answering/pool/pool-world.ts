import { join } from 'node:path'
import type { Test } from 'tap'
import { createAnswerQuestion } from '../../../../src/answering/answer-question.ts'
import { createAnswerer } from '../../../../src/answering/answerer.ts'
import { type AnswerPoolOptions, startAnswerPool } from '../../../../src/answering/pool/answer-pool.ts'
import type { AnswerReply, SentReply } from '../../../../src/answering/pool/answer-task.ts'
import { createPooledAnswers } from '../../../../src/answering/pool/pooled-answers.ts'
import { createPlannedSearch } from '../../../../src/answering/search-in-context.ts'
import { createDocumentStore } from '../../../../src/database/document-store.ts'
import { readDocument } from '../../../../src/knowledge/ingest/document-reader.ts'
import { createIndexManager } from '../../../../src/search/index-manager.ts'
import { createRetrieval } from '../../../../src/search/retrieval.ts'
import { IndexPublisher } from '../../../../src/search/shared/index-publisher.ts'
import { STATE, TAKEN, WAITING } from '../../../../src/search/shared/reader-words.ts'
import { loadTexts } from '../../../../src/wording/texts-loader.ts'
import { until } from '../../../worlds/until.ts'
import { openWorld } from '../../database/world.ts'

/** A database, its index, workers that answer from both, and the same in this thread. */
export async function openPool(t: Test, options: Partial<AnswerPoolOptions> = {}) {
  const { database, path, lines } = openWorld(t)
  const store = createDocumentStore(database)
  const readers = new IndexPublisher()
  const index = createIndexManager({ store, path: join(path, '../search-index.bin'), now: () => performance.now(), readers })
  await index.open()
  const settings = { threshold: 0.4, answerLength: 800, texts: loadTexts() }
  const words: Int32Array[] = []
  const errors: object[] = []
  const pool = startAnswerPool({
    workers: 2,
    workerData: { ...settings, database: path, passageBytes: 2 ** 20, slowQueryMs: 1000, isLogged: true },
    log: { error: facts => void errors.push(facts) },
    onHello(hello) {
      words.push(hello.words)
      readers.connect(hello)
    },
    ...options,
  })
  t.teardown(() => pool.close())
  const replies: AnswerReply[] = []
  const failed: number[] = []
  const pooled = createPooledAnswers({
    run: async task => (await pool.run(task)) as SentReply,
    owner: () => 'operator',
    record: reply => void replies.push(reply),
    async fail(error, limit) {
      failed.push(limit)
      throw error
    },
  })
  const answerer = createAnswerer(settings)
  const inThisThread = createAnswerQuestion({
    answerer,
    search: createPlannedSearch(createRetrieval(index.engine, store), answerer),
    compose: rated => answerer.answer(rated, 'operator'),
    clock: () => 0,
  })

  return {
    pool,
    pooled,
    inThisThread,
    readers,
    replies,
    failed,
    errors,
    lines,

    /** Stores documents in Markdown. When it resolves, they are found, if they are indexed. */
    async put(documents: Readonly<Record<string, string>>, { isIndexed = true } = {}): Promise<void> {
      const read = Object.entries(documents).map(([id, text]) =>
        readDocument({ id, text, format: 'markdown', owner: 'operator' }),
      )
      await store.put(await Promise.all(read), 0)
      if (isIndexed) await index.sync()
    },

    /** For each worker the number of messages about the index that it has taken. */
    taken: () => words.map(own => Atomics.load(own, TAKEN)),

    /** Resolves when a worker is in the middle of a question, while the index is locked. */
    waitForQuestion: () => until(() => words.some(word => Atomics.load(word, STATE) === WAITING)),
  }
}
