import { randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import { recordTurn } from '../../otel/recording.ts'
import { turnInput, turnOutput } from '../../otel/tracing/turn-attributes.ts'
import { linkTrace, traced } from '../../otel/tracing.ts'
import { type Chat, type ChatSteps, createChat } from '../../src/chat/chat.ts'
import { type ChatRequest, identify, type RequestOrigin } from '../../src/chat/chat-request.ts'
import type { Answered } from '../../src/chat/idempotency.ts'
import { createTurnIds } from '../../src/chat/turn-ids.ts'
import { createTurnLog } from '../../src/chat/turn-log.ts'
import type { Config } from '../../src/config.ts'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { createContentFilter } from '../../src/logging/record/message-content.ts'
import { wholeText } from '../../src/reply-text.ts'

declare module 'fastify' {
  interface FastifyInstance {
    chat: Omit<Chat, 'answer'> & { answer(request: ChatRequest, origin: RequestOrigin): Promise<Answered> }
  }
}

const DAY_MS = 86_400_000
// biome-ignore format: a name needs no line of its own
const DEPENDENCIES = ['answering', 'background', 'command-parser', 'database-manager', 'pseudonym',
  'session-manager', 'session-queue', 'steady-clock', 'wording']

/** Answers messages, with log lines, spans and metrics for each turn. */
export default fp<{ readonly config: Config }>(
  async (fastify, { config }) => {
    const { turns } = fastify.databaseManager
    const { answering, sessionManager, sessionQueue, commandParser, pseudonym, wording } = fastify
    const log = fastify.log.child({ module: 'chat', function: 'answer' })
    const logSteps = {
      log,
      content: createContentFilter(config.logMessageContent),
      nameSession: pseudonym.session,
      addIds: addLogContext,
    }
    const captured = createContentFilter(config.otelCaptureContent)
    const createTurnId = createTurnIds(randomBytes)
    const steps: ChatSteps = {
      enqueue: sessionQueue.run,
      openSession: async owner => (await sessionManager.open(owner)).session,
      joinSession: sessionManager.join,
      resumeSession: sessionManager.resume,
      owns: sessionManager.owns,
      expiresAt: sessionManager.expiresAt,
      interpret: commandParser.interpret,
      answer: answering.answer,
      replyToSmallTalk: wording.replyToSmallTalk,
      turns: { ...turns, append: traced('store', turns.append) },
    }
    const { now: steadyNow } = fastify.steadyClock
    const clocks = { now: Date.now, steadyNow, clock: () => performance.now() }
    const chat = createChat(steps, { idempotencyTtlMs: DAY_MS, ...clocks })
    const invoke = traced('invoke_agent pellucid', chat.answer, {
      attributes: ({ message }) => turnInput(captured(wholeText(message))),
      outcome: ({ receipt, reply }) => turnOutput(receipt.kind, captured(reply)),
    })

    async function answer(request: ChatRequest, origin: RequestOrigin): Promise<Answered> {
      const turnId = createTurnId()
      const { userMessage, context, logIds } = identify(request, origin, { turnId, pseudonym })
      addLogContext(logIds)
      const turnLog = createTurnLog(request.message, logSteps)
      try {
        const answered = await invoke(userMessage, { ...context, onSession: turnLog.received })
        turnLog.sent(answered)
        if (!answered.replayed) recordTurn(answered.receipt.kind)
        if (answered.first !== undefined) linkTrace(answered.first)
        return answered
      } finally {
        turnLog.received()
      }
    }
    fastify.decorate('chat', { ...chat, answer })
    fastify.background.repeat(600_000, 'idempotency_key_expiry', async () => void (await turns.expireKeys(steadyNow())))
  },
  { name: 'chat', dependencies: DEPENDENCIES },
)
