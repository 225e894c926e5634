import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { ATTRIBUTES } from '../otel/conventions.ts'
import { recordTurn } from '../otel/metrics.ts'
import { traced } from '../otel/tracing.ts'
import { composeAnswer } from '../src/chat/answer.ts'
import { type Chat, createChat } from '../src/chat/chat.ts'
import type { Answered } from '../src/chat/idempotency.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/log-context.ts'
import { createContentFilter } from '../src/logging/message-content.ts'
import { analyse } from '../src/search/analysis.ts'

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

type Settings = Pick<Config, 'idempotencyTtlS' | 'answerThreshold' | 'logMessageContent'>

const KEY_EXPIRY_INTERVAL_MS = 600_000

/** One turn, told: its steps as spans, its message and reply as log lines with as much of their text as the log may hold, its kind and waiting as metrics. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'chat', function: 'answer' })
    const { turns } = fastify.database
    const logged = createContentFilter(config.logMessageContent)
    const compose = traced('answer', composeAnswer, {
      outcome: ({ kind, confidence }) => ({ 'chatbot.answer.kind': kind, 'chatbot.answer.confidence': confidence }),
    })
    const chat = createChat(
      {
        enqueue: fastify.sessionQueue.run,
        openSession: user => fastify.sessions.open({ user }).then(({ session }) => session),
        resumeSession: fastify.sessions.resume,
        expiresAt: fastify.sessions.expiresAt,
        parse: fastify.commands.parse,
        runCommand: fastify.commands.run,
        retrieve: fastify.retrieve,
        analyse,
        compose: retrieved => compose(retrieved, { analyse, threshold: config.answerThreshold }),
        turns: { ...turns, append: traced('store', turns.append) },
      },
      { idempotencyTtlMs: config.idempotencyTtlS * 1000, now: Date.now, clock: () => performance.now() },
    )

    const invoke = traced('invoke_agent pellucid', chat.answer, {
      attributes: (_message, { turnId }) => ({
        [ATTRIBUTES.genAiOperationName]: 'invoke_agent',
        [ATTRIBUTES.genAiAgentName]: 'pellucid',
        'chatbot.turn.id': turnId,
      }),
      outcome: ({ receipt }) => ({
        [ATTRIBUTES.genAiConversationId]: receipt.sessionId,
        [ATTRIBUTES.sessionId]: receipt.sessionId,
        'chatbot.turn.kind': receipt.kind,
      }),
    })

    /** Binds a key to its caller and to the body, both as keyed hashes; a retry has the same body, the order of its fields does not matter. */
    function bindKey(key: string, caller: string, { message, sessionId, userId }: ChatRequest) {
      const body = JSON.stringify([message, sessionId ?? null, userId ?? null])
      return { key: fastify.pseudonym(`${caller} ${key}`), fingerprint: fastify.pseudonym(body) }
    }

    async function answer(request: ChatRequest, context: ChatRequestContext): Promise<Answered> {
      const { message, sessionId, userId } = request
      const { requestId, traceId, address, idempotencyKey } = context
      const user = userId === undefined ? undefined : fastify.pseudonym(userId)
      const turnId = randomBytes(18).toString('base64url')
      const idempotency = idempotencyKey === undefined ? undefined : bindKey(idempotencyKey, user ?? address, request)
      addLogContext({ turn_id: turnId, session_id: sessionId, user_id: user })
      log.info({ message_chars: message.length, message_text: logged(message) }, 'User message received')
      const answered = await invoke({ message, sessionId, user }, { turnId, requestId, traceId, idempotency })
      const { receipt, replayed } = answered
      addLogContext({ turn_id: receipt.turnId, session_id: receipt.sessionId })
      if (!replayed) recordTurn(receipt.kind)
      const { kind, confidence, sources, response, timingsMs } = receipt
      log.info(
        {
          kind,
          confidence,
          source_count: sources.length,
          response_chars: response.length,
          response_text: logged(response),
          replayed,
          took_ms: timingsMs.total,
        },
        'Bot response sent',
      )
      return answered
    }

    fastify.decorate('chat', { ...chat, answer })
    fastify.every(KEY_EXPIRY_INTERVAL_MS, 'idempotency key expiry', async () => void (await turns.expireKeys(Date.now())))
  },
  {
    name: 'chat',
    dependencies: ['access', 'background', 'command-parser', 'search-engine', 'session-manager', 'session-queue'],
  },
)
