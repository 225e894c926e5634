import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import fp from 'fastify-plugin'
import { recordAnswer, recordDatabaseOperation, recordSearch, recordSlowOperation } from '../../otel/recording.ts'
import { failSearch, recordThread } from '../../otel/tracing/thread-spans.ts'
import { startAnswerPool } from '../../src/answering/pool/answer-pool.ts'
import type { AnswerReply, AnswerTask, ReadRecord, SearchRecord, SentReply } from '../../src/answering/pool/answer-task.ts'
import { createPooledAnswers } from '../../src/answering/pool/pooled-answers.ts'
import { roundMs } from '../../src/base/round-ms.ts'
import type { Config } from '../../src/config.ts'
import { deserializeError, type SerializedError } from '../../src/database/serialized-error.ts'
import { currentLogContext } from '../../src/logging/record/log-context.ts'
import { waitForIndex } from '../../src/search/retrieval.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers and searches in workers; undefined without workers. */
    answerPool: ReturnType<typeof createPooledAnswers> | undefined
  }
}

/** Memory for passages of all workers. */
const PASSAGE_BYTES = 32 * 2 ** 20

/** Starts `ANSWER_WORKERS`. Records what they do as spans, metrics and log lines of this thread. */
export default fp<{ readonly config: Config }>(
  async (fastify, { config }) => {
    const { databaseManager, searchEngine, wording } = fastify
    const log = fastify.log.child({ module: 'search_engine' })
    const databaseLog = fastify.log.child({ module: 'database_manager' })
    const workers = config.answerWorkers ?? availableParallelism() - 1
    fastify.decorate('answerPool', workers === 0 ? undefined : start())

    function start() {
      const pool = startAnswerPool({
        workers,
        workerData: {
          database: join(config.dataDir, 'pellucid.sqlite'),
          passageBytes: PASSAGE_BYTES / workers,
          slowQueryMs: config.slowQueryMs,
          isLogged: [config.logMessageContent, config.otelCaptureContent].includes('redacted'),
          threshold: config.answerThreshold,
          answerLength: config.answerLength,
          texts: wording.texts,
        },
        log: fastify.log.child({ module: 'answer_pool' }),
        onHello: hello => searchEngine.readers.connect(hello),
      })
      fastify.addHook('onClose', () => pool.close())
      const run = waitForIndex(searchEngine.index, async (task: AnswerTask) => {
        const reply = (await pool.run(task)) as SentReply | SerializedError
        if ('json' in reply) return reply
        if (reply.failedRead !== undefined) databaseManager.manager.reportFailedRead(reply.failedRead)
        throw deserializeError(reply)
      })
      return createPooledAnswers({ run, owner: searchEngine.owner, record, fail: failSearch })
    }

    function record(reply: AnswerReply): void {
      recordThread(reply, { onSearch, onRead })
      if (reply.kind === 'answered') recordAnswer(reply.answer.kind === 'answer', reply.answer.confidence)
    }

    function onSearch({ start, end, scores, facts }: SearchRecord): void {
      recordSearch(end - start, scores.length)
      log.debug(facts, 'Search completed')
    }

    function onRead({ name, start, end, slow }: ReadRecord): void {
      recordDatabaseOperation(name, end - start)
      if (slow !== undefined) {
        recordSlowOperation()
        databaseLog.warn(slow, 'Slow database read')
      }
      if (currentLogContext() === undefined) return
      databaseLog.debug({ function: 'run', operation: name, took_ms: roundMs(end - start) }, 'Database operation finished')
    }
  },
  { name: 'answer-pool', dependencies: ['database-manager', 'search-engine', 'wording'] },
)
