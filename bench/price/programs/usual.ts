/**
 * The turn of Pellucid in a Fastify with the usual instrumentation: all auto-instrumentations,
 * three manual spans in each turn, and one pino line per request, which is exported too.
 *
 *   node --import ./bench/harness/usual-register.ts bench/price/programs/usual.ts
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { pino } from 'pino'
import { toWire } from '../../../plugins/routes/replies/wire-names.ts'
import { createAnswerQuestion } from '../../../src/answering/answer-question.ts'
import { createAnswerer } from '../../../src/answering/answerer.ts'
import { createPlannedSearch } from '../../../src/answering/search-in-context.ts'
import { createChat } from '../../../src/chat/chat.ts'
import { parseMessage } from '../../../src/commands/parsing/command-parser.ts'
import { loadConfig } from '../../../src/config.ts'
import { openDatabase } from '../../../src/database/database-manager.ts'
import { createDocumentStore } from '../../../src/database/document-store.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { createIndexManager } from '../../../src/search/index-manager.ts'
import { createRetrieval } from '../../../src/search/retrieval.ts'
import { createSessionManager } from '../../../src/sessions/session-manager.ts'
import { createSessionQueue } from '../../../src/sessions/session-queue.ts'
import { createSmallTalk } from '../../../src/wording/small-talk.ts'
import { loadTexts } from '../../../src/wording/texts-loader.ts'

const config = loadConfig()
const clock = () => performance.now()
const tracer = trace.getTracer('usual')
const database = openDatabase({ path: join(config.dataDir, 'pellucid.sqlite') })
const documents = createDocumentStore(database)
const turns = createTurnStore(database)
const index = createIndexManager({ store: documents, path: join(config.dataDir, 'search-index.bin'), now: clock })
const texts = loadTexts()
const answerer = createAnswerer({ threshold: config.answerThreshold, answerLength: config.answerLength, texts })
const search = createPlannedSearch(createRetrieval(index.engine, documents), answerer)
const sessions = createSessionManager({
  store: createSessionStore(database),
  limits: { maxSessions: config.maxSessions, maxPerUser: config.maxSessionsPerUser, maxPerClient: config.maxSessionsPerClient },
  idleTimeoutMs: config.sessionIdleTimeoutS * 1000,
  now: Date.now,
  randomBytes,
})
const queue = createSessionQueue({
  maxWaitingPerSession: config.sessionQueueLimit,
  maxWaitMs: 10_000,
  now: clock,
})
const chat = createChat(
  {
    enqueue: queue.run,
    openSession: async owner => (await sessions.open(owner)).session,
    joinSession: sessions.join,
    resumeSession: sessions.resume,
    owns: sessions.owns,
    expiresAt: sessions.expiresAt,
    interpret: message => {
      const parsed = parseMessage(message)
      return { kind: 'question', text: parsed.kind === 'question' ? parsed.text : message }
    },
    answer: createAnswerQuestion({
      answerer,
      search: inSpan('retrieval', search),
      compose: inSpan('answer', rated => answerer.answer(rated, 'operator')),
      clock,
    }),
    replyToSmallTalk: createSmallTalk(texts),
    turns: { ...turns, append: inSpan('store', turns.append) },
  },
  { idempotencyTtlMs: 86_400_000, now: Date.now, clock },
)

const logger = pino(pino.destination({ dest: join(config.logDir, 'usual.log'), sync: false, mkdir: true }))
const app = Fastify({
  loggerInstance: logger as FastifyBaseLogger,
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: () => randomUUID(),
})
app.addHook('onResponse', async (request, reply) => {
  request.log.info({ method: request.method, route: request.routeOptions.url, status: reply.statusCode }, 'Request served')
})
app.get('/health/ready', async () => ({ status: 'ready' }))
app.post('/sessions', async () => ({ session_id: (await sessions.open()).session.id }))
app.post<{ Body: { message: string; session_id: string } }>('/chat', async ({ body, id }) => {
  const turnId = randomBytes(18).toString('base64url')
  const traceId = trace.getActiveSpan()?.spanContext().traceId ?? ''
  const { message, session_id: sessionId } = body
  return toWire((await chat.answer({ message, sessionId }, { turnId, requestId: id, traceId })).receipt)
})
await index.open()
await app.listen({ port: config.port, host: '127.0.0.1' })

function inSpan<Args extends readonly unknown[], Result>(
  name: string,
  run: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) =>
    tracer.startActiveSpan(name, span => {
      const result = run(...args)
      if (!(result instanceof Promise)) span.end()
      else result.finally(() => span.end()).catch(() => undefined)
      return result
    })
}
