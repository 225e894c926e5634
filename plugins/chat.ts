import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { recordAnswer, recordTurn } from '../otel/recording.ts'
import { answerOutcome, turnInput, turnOutput } from '../otel/tracing/turn-attributes.ts'
import { traced } from '../otel/tracing.ts'
import { composeAnswer } from '../src/answering/answer.ts'
import { RETRIEVED_PASSAGES, type RetrievedInContext, retrieveInContext } from '../src/answering/follow-up.ts'
import { type Chat, type ChatSteps, createChat } from '../src/chat/chat.ts'
import type { ChatRequest, RequestOrigin } from '../src/chat/chat-request.ts'
import type { Answered } from '../src/chat/idempotency.ts'
import { bindKey } from '../src/chat/idempotency-key.ts'
import { createTurnLog } from '../src/chat/turn-log.ts'
import type { Config } from '../src/config.ts'
import { addLogContext } from '../src/logging/record/log-context.ts'
import { createContentFilter } from '../src/logging/record/message-content.ts'
import { wholeText } from '../src/reply-text.ts'
import { analyse } from '../src/search/text/analysis.ts'
import type { Session } from '../src/sessions/session.ts'
import { isSessionId } from '../src/sessions/session-manager.ts'

declare module 'fastify' {
  interface FastifyInstance {
    chat: Omit<Chat, 'answer'> & { answer(request: ChatRequest, origin: RequestOrigin): Promise<Answered> }
  }
}

type Settings = Pick<Config, 'idempotencyTtlS' | 'answerThreshold' | 'logMessageContent' | 'otelCaptureContent'>

const KEY_EXPIRY_INTERVAL_MS = 600_000

/** Answers messages: logs each message and its reply, traces the steps of the turn and counts turns and answers. */
export default fp<{ readonly config: Settings }>(
  async (fastify, { config }) => {
    const { databaseManager, searchEngine, sessionManager, sessionQueue, commandParser, pseudonym, background } = fastify
    const { turns } = databaseManager
    const log = fastify.log.child({ module: 'chat', function: 'answer' })
    const logged = createContentFilter(config.logMessageContent)
    const captured = createContentFilter(config.otelCaptureContent)

    const steps: ChatSteps = {
      enqueue: sessionQueue.run,
      openSession: async user => (await sessionManager.open({ user })).session,
      resumeSession: sessionManager.resume,
      expiresAt: sessionManager.expiresAt,
      interpret: commandParser.interpret,
      retrieve: (question, pastTurns) =>
        retrieveInContext(question, RETRIEVED_PASSAGES, { retrieve: searchEngine.retrieveEvidence, analyse, pastTurns }),
      compose: traced('answer', compose, { outcome: answerOutcome }),
      turns: { ...turns, append: traced('store', turns.append) },
    }
    const options = { idempotencyTtlMs: config.idempotencyTtlS * 1000, now: Date.now, clock: () => performance.now() }
    const chat = createChat(steps, options)
    const invoke = traced('invoke_agent pellucid', chat.answer, {
      attributes: ({ message }) => turnInput(captured(wholeText(message))),
      outcome: ({ receipt, reply }) => turnOutput(receipt.kind, captured(reply)),
    })

    function compose(question: string, retrieved: RetrievedInContext) {
      const answer = composeAnswer(question, retrieved, { analyse, threshold: config.answerThreshold })
      recordAnswer(answer.kind === 'answer', answer.confidence)
      return answer
    }

    async function answer(request: ChatRequest, origin: RequestOrigin): Promise<Answered> {
      const { message, sessionId, userId } = request
      const { requestId, traceId, address, idempotencyKey } = origin
      const user = userId === undefined ? undefined : pseudonym(userId)
      const turnId = randomBytes(18).toString('base64url')
      const idempotency = idempotencyKey === undefined ? undefined : bindKey(pseudonym, idempotencyKey, user ?? address, request)
      const turnLog = createTurnLog(log, logged, message)
      // A session id of another form may be any text, so it is not logged.
      const isKnown = sessionId !== undefined && isSessionId(sessionId)
      addLogContext({ turn_id: turnId, session_id: isKnown ? sessionId : undefined, user_id: user })
      const onSession = (session: Session) => {
        addLogContext({ session_id: session.id, user_id: session.user ?? user })
        turnLog.received()
      }
      try {
        const context = { turnId, requestId, traceId, idempotency, onSession }
        const answered = await invoke({ message, sessionId, user }, context)
        addLogContext({ turn_id: answered.receipt.turnId, session_id: answered.receipt.sessionId })
        turnLog.sent(answered)
        if (!answered.replayed) recordTurn(answered.receipt.kind)
        return answered
      } catch (error) {
        turnLog.received()
        throw error
      }
    }

    fastify.decorate('chat', { ...chat, answer })
    background.repeat(KEY_EXPIRY_INTERVAL_MS, 'idempotency_key_expiry', async () => void (await turns.expireKeys(Date.now())))
  },
  {
    name: 'chat',
    dependencies: ['pseudonym', 'background', 'command-parser', 'search-engine', 'session-manager', 'session-queue'],
  },
)
