import { createHash, randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { observeGauge, recordQueueWait, recordTurn } from '../otel/metrics.ts'
import { traced } from '../otel/tracing.ts'
import { composeAnswer } from '../src/chat/answer.ts'
import { type Chat, createChat } from '../src/chat/chat.ts'
import type { Answered } from '../src/chat/idempotency.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/log-context.ts'
import { analyse } from '../src/search/analysis.ts'
import { createSessionQueue } from '../src/sessions/session-queue.ts'

/** A message as it came in, and from whom. */
export interface ChatRequest {
  readonly message: string
  readonly sessionId?: string
  /** The operator's own id of the user; it goes no further than this. */
  readonly userId?: string
}

export interface ChatRequestContext {
  readonly requestId: string
  readonly traceId: string
  /** Where the request came from; tells callers apart that name no user. */
  readonly address: string
  readonly idempotencyKey?: string
}

declare module 'fastify' {
  interface FastifyInstance {
    chat: Omit<Chat, 'answer'> & { answer(request: ChatRequest, context: ChatRequestContext): Promise<Answered> }
  }
}

type Settings = Pick<Config, 'sessionQueueLimit' | 'sessionQueueTimeoutMs' | 'sessionIdleTimeoutS' | 'idempotencyTtlS' | 'answerThreshold'>

const KEY_EXPIRY_INTERVAL_MS = 600_000

/** One turn, told: its steps as spans, its message and reply as log lines without their text, its kind and waiting as metrics. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'chat' })
    const { turns } = fastify.database
    const queue = createSessionQueue({
      maxWaitingPerSession: config.sessionQueueLimit,
      maxWaitMs: config.sessionQueueTimeoutMs,
      now: () => performance.now(),
    })
    const compose = traced('answer', composeAnswer, { outcome: ({ kind, confidence }) => ({ 'chatbot.answer.kind': kind, 'chatbot.answer.confidence': confidence }) })
    const chat = createChat(
      {
        enqueue,
        openSession: user => fastify.sessions.open({ user }).then(({ session }) => session),
        resumeSession: fastify.sessions.resume,
        parse: fastify.commands.parse,
        runCommand: fastify.commands.run,
        retrieve: fastify.retrieve,
        compose: retrieved => compose(retrieved, { analyse, threshold: config.answerThreshold }),
        turns: { ...turns, append: traced('store', turns.append) },
      },
      { idempotencyTtlMs: config.idempotencyTtlS * 1000, idleTimeoutMs: config.sessionIdleTimeoutS * 1000, now: Date.now, clock: () => performance.now() },
    )

    /** Told as a step of its own, from arrival until the turn begins or is refused. */
    const waitInQueue = traced('queue', (waited: Promise<number>) => waited, { outcome: waitedMs => ({ 'chatbot.queue.wait_ms': waitedMs }) })
    async function enqueue<T>(sessionId: string, task: (waitedMs: number) => Promise<T>): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      // A refusal is thrown by the queue itself; here it only ends the span.
      waitInQueue(promise).catch(() => undefined)
      try {
        return await queue.run(sessionId, waitedMs => {
          resolve(waitedMs)
          recordQueueWait(waitedMs)
          return task(waitedMs)
        })
      } catch (error) {
        reject(error)
        throw error
      }
    }

    const invoke = traced('invoke_agent pellucid', chat.answer, {
      attributes: (_message, { turnId }) => ({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'pellucid', 'chatbot.turn.id': turnId }),
      outcome: ({ receipt }) => ({ 'gen_ai.conversation.id': receipt.sessionId, 'session.id': receipt.sessionId, 'chatbot.turn.kind': receipt.kind }),
    })

    async function answer(request: ChatRequest, { requestId, traceId, address, idempotencyKey }: ChatRequestContext): Promise<Answered> {
      const { message, sessionId, userId } = request
      const user = userId === undefined ? undefined : fastify.pseudonym(userId)
      const turnId = randomBytes(18).toString('base64url')
      addLogContext({ turn_id: turnId, user_id: user })
      log.info({ function: 'answer', message_chars: message.length }, 'User message received')
      const answered = await invoke(
        { message, sessionId, user },
        {
          turnId,
          requestId,
          traceId,
          idempotency: idempotencyKey === undefined ? undefined : { key: fastify.pseudonym(`${user ?? address} ${idempotencyKey}`), fingerprint: fingerprintOf(request) },
        },
      )
      const { receipt, replayed } = answered
      addLogContext({ turn_id: receipt.turnId, session_id: receipt.sessionId })
      recordTurn(receipt.kind)
      const { kind, confidence, sources, response } = receipt
      log.info({ function: 'answer', kind, confidence, source_count: sources.length, response_chars: response.length, replayed }, 'Bot response sent')
      return answered
    }

    fastify.decorate('chat', { ...chat, answer })
    fastify.addHook('onClose', observeGauge('chatbot_queue_length', () => queue.length))
    fastify.every(KEY_EXPIRY_INTERVAL_MS, 'idempotency key expiry', async () => void (await turns.expireKeys(Date.now())))
  },
  { name: 'chat', dependencies: ['access', 'background', 'command-parser', 'database-manager', 'search-engine', 'session-manager', 'telemetry'] },
)

/** A retry has the same body; the order of its fields does not matter. */
function fingerprintOf({ message, sessionId, userId }: ChatRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([message, sessionId ?? null, userId ?? null]))
    .digest('base64url')
}
