import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { recordAnswer, recordTurn } from '../otel/recording.ts'
import { ATTRIBUTES, describeInput, describeOutput } from '../otel/tracing/conventions.ts'
import { traced } from '../otel/tracing.ts'
import { type Answer, composeAnswer } from '../src/answering/answer.ts'
import { RETRIEVED_PASSAGES, type RetrievedInContext, retrieveInContext } from '../src/answering/follow-up.ts'
import { type Chat, createChat } from '../src/chat/chat.ts'
import type { Answered } from '../src/chat/idempotency.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/record/log-context.ts'
import { createContentFilter } from '../src/logging/record/message-content.ts'
import { roundMs } from '../src/round-ms.ts'
import { analyse } from '../src/search/text/analysis.ts'
import { isSessionId } from '../src/sessions/session-manager.ts'
import { bindKey, type ChatRequest, type ChatRequestContext } from './http/chat-request.ts'

declare module 'fastify' {
  interface FastifyInstance {
    chat: Omit<Chat, 'answer'> & { answer(request: ChatRequest, context: ChatRequestContext): Promise<Answered> }
  }
}

type Settings = Pick<Config, 'idempotencyTtlS' | 'answerThreshold' | 'logMessageContent' | 'otelCaptureContent'>

const KEY_EXPIRY_INTERVAL_MS = 600_000

/** One turn, told: its steps as spans, its message and reply as log lines with as much of their text as the log may hold, its kind and waiting as metrics. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'chat', function: 'answer' })
    const { turns } = fastify.databaseManager
    const logged = createContentFilter(config.logMessageContent)
    const captured = createContentFilter(config.otelCaptureContent)
    const chat = createChat(
      {
        enqueue: fastify.sessionQueue.run,
        openSession: user => fastify.sessionManager.open({ user }).then(({ session }) => session),
        resumeSession: fastify.sessionManager.resume,
        expiresAt: fastify.sessionManager.expiresAt,
        interpret: fastify.commandParser.interpret,
        retrieve: (question, pastTurns) =>
          retrieveInContext(question, RETRIEVED_PASSAGES, {
            retrieve: fastify.searchEngine.retrieveEvidence,
            analyse,
            pastTurns,
          }),
        compose: traced('answer', compose, {
          outcome: ({ kind, confidence }) => ({
            [ATTRIBUTES.chatbotAnswerKind]: kind,
            [ATTRIBUTES.chatbotAnswerConfidence]: confidence,
          }),
        }),
        turns: { ...turns, append: traced('store', turns.append) },
      },
      { idempotencyTtlMs: config.idempotencyTtlS * 1000, now: Date.now, clock: () => performance.now() },
    )

    const invoke = traced('invoke_agent pellucid', chat.answer, {
      attributes: ({ message }) => ({
        [ATTRIBUTES.genAiOperationName]: 'invoke_agent',
        [ATTRIBUTES.genAiAgentName]: 'pellucid',
        [ATTRIBUTES.genAiInputMessages]: describeInput(captured(message)),
      }),
      outcome: ({ receipt }) => ({
        [ATTRIBUTES.chatbotTurnKind]: receipt.kind,
        [ATTRIBUTES.genAiOutputMessages]: describeOutput(captured(receipt.response)),
      }),
    })

    function compose(question: string, retrieved: RetrievedInContext): Answer {
      const answer = composeAnswer(question, retrieved, { analyse, threshold: config.answerThreshold })
      recordAnswer(answer.kind === 'answer', answer.confidence)
      return answer
    }

    async function answer(request: ChatRequest, context: ChatRequestContext): Promise<Answered> {
      const { message, sessionId, userId } = request
      const { requestId, traceId, address, idempotencyKey } = context
      const user = userId === undefined ? undefined : fastify.pseudonym(userId)
      const turnId = randomBytes(18).toString('base64url')
      const idempotency =
        idempotencyKey === undefined ? undefined : bindKey(fastify.pseudonym, idempotencyKey, user ?? address, request)
      // What a client gives out as an id and is none is not told: it may be anything.
      const known = sessionId !== undefined && isSessionId(sessionId) ? sessionId : undefined
      addLogContext({ turn_id: turnId, session_id: known, user_id: user })
      log.info({ message_chars: message.length, message_text: logged(message) }, 'User message received')
      const answered = await invoke({ message, sessionId, user }, { turnId, requestId, traceId, idempotency })
      const { receipt, replayed, storeMs } = answered
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
          store_took_ms: storeMs === undefined ? undefined : roundMs(storeMs),
        },
        'Bot response sent',
      )
      return answered
    }

    fastify.decorate('chat', { ...chat, answer })
    fastify.background.repeat(
      KEY_EXPIRY_INTERVAL_MS,
      'idempotency_key_expiry',
      async () => void (await turns.expireKeys(Date.now())),
    )
  },
  {
    name: 'chat',
    dependencies: ['pseudonym', 'background', 'command-parser', 'search-engine', 'session-manager', 'session-queue'],
  },
)
