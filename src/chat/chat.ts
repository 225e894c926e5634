import type { AnswerQuestion } from '../answering/answer-question.ts'
import type { PastTurn } from '../answering/question/follow-up.ts'
import type { Source } from '../answering/workings.ts'
import { ChatError } from '../errors.ts'
import type { ReplyText } from '../reply-text.ts'
import type { Opener, Owner, Session } from '../sessions/session.ts'
import type { ReplyToSmallTalk } from '../wording/small-talk.ts'
import { type Answered, createIdempotency, type StoredReply } from './idempotency.ts'
import type { BoundKey } from './idempotency-key.ts'
import { keepFirstSource, recallQuestions, selectQuestions } from './past-turns.ts'
import { createStopwatch, type Stopwatch } from './stopwatch.ts'
import type { Feedback, IdempotencyRecord, NewTurn, Receipt, Turn, TurnStore } from './turn.ts'

/** A user's message. */
export interface UserMessage {
  readonly message: string
  /** The session to continue. Undefined opens a new one, or continues that of the conversation. */
  readonly sessionId?: string
  readonly owner?: Opener
}

/** Facts about a message other than its content. */
export interface TurnContext {
  /** Chosen by the caller, to identify the turn from its start. */
  readonly turnId: string
  readonly requestId: string
  readonly traceId: string
  /** The request's span; undefined if it is not traced. */
  readonly spanId?: string
  readonly idempotency?: BoundKey
  /**
   * Called when the session is open. Not called for a replayed receipt or when the session is
   * refused.
   */
  readonly onSession?: (session: Session) => void
}

/** A reply before it is stored: from a command, small talk or the documents. */
export interface Reply {
  readonly response: ReplyText
  readonly kind: Receipt['kind']
  readonly confidence: number
  readonly sources: readonly Source[]
  readonly suggestions: readonly string[]
  readonly command?: string
  readonly workingsJson?: string
}

/** What a caller says of a turn. */
export interface TurnClaim {
  /** The session that it must be of. */
  readonly sessionId?: string
  /** Who must own that session. */
  readonly owner?: Owner
}

/** Which turns of a session: those before a `seq`. */
export interface TurnPage {
  readonly before?: number
  readonly limit: number
}

/** A message as a question for the documents, or as a command and the function that runs it. */
export type Interpretation =
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'command'; run(session: Session): Promise<Reply> }

/** The steps of a turn, in order. */
export interface ChatSteps {
  /** Runs a task when it is its turn in the session, and passes it the milliseconds it waited. */
  enqueue<T>(sessionId: string, task: (waitedMs: number) => Promise<T>): Promise<T>
  openSession(opener: Opener | undefined): Promise<Session>
  /** Continues the open session of a conversation, or opens one. */
  joinSession(opener: Opener & { readonly conversation: string }): Promise<Session>
  resumeSession(id: string, owner: Owner | undefined): Promise<Session>
  /** Whether a session, in any state, belongs to this owner. */
  owns(owner: Owner, sessionId: string): Promise<boolean>
  /** When a session that was last active at this time expires. Both by the steady clock. */
  expiresAt(lastActiveAt: number): number
  interpret(message: string): Interpretation
  answer: AnswerQuestion
  readonly replyToSmallTalk: ReplyToSmallTalk
  readonly turns: TurnStore
}

export interface ChatOptions {
  readonly idempotencyTtlMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The same, but never set: for idle times and the lifetime of keys. Default: `now`. */
  readonly steadyNow?: () => number
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
}

/** Turns that are searched for earlier questions. Some of them are commands and small talk. */
const RECALLED_TURNS = 20

/** Creates the chatbot: each turn turns a message into a stored receipt. */
export function createChat(steps: ChatSteps, { idempotencyTtlMs, now, steadyNow = now, clock }: ChatOptions) {
  const once = createIdempotency({ turns: steps.turns, ttlMs: idempotencyTtlMs, now: steadyNow })

  /**
   * Answers a message. When it resolves, the turn is on disk.
   * @throws {ChatError} SESSION_*, IDEMPOTENCY_* or DATABASE_*. The turn is not stored then, except
   * perhaps if the writer thread died during the write; a retry with an idempotency key is safe.
   */
  async function answer(message: UserMessage, context: TurnContext): Promise<Answered> {
    const stopwatch = createStopwatch(clock)
    const run = (record?: IdempotencyRecord) => runInSession(message, context, stopwatch, record)
    const { idempotency, spanId } = context
    return idempotency === undefined ? { ...(await run()), replayed: false } : once({ ...idempotency, spanId }, run)
  }

  async function runInSession(
    message: UserMessage,
    context: TurnContext,
    stopwatch: Stopwatch,
    record?: IdempotencyRecord,
  ): Promise<StoredReply> {
    const { sessionId, owner } = message
    const queue = sessionId ?? owner?.conversation
    if (queue === undefined) {
      // No other request knows the new session, so there is no queue.
      const session = await stopwatch.time('session', () => steps.openSession(owner))
      return takeTurn(message, session, context, stopwatch, record)
    }
    const enter = () =>
      sessionId === undefined ? steps.joinSession({ ...owner, conversation: queue }) : steps.resumeSession(sessionId, owner)
    return steps.enqueue(queue, async waitedMs => {
      stopwatch.add('queue', waitedMs)
      return takeTurn(message, await stopwatch.time('session', enter), context, stopwatch, record)
    })
  }

  async function takeTurn(
    { message, owner }: UserMessage,
    session: Session,
    { turnId, traceId, requestId, onSession }: TurnContext,
    stopwatch: Stopwatch,
    idempotency?: IdempotencyRecord,
  ): Promise<StoredReply> {
    onSession?.(session)
    const createdAt = now()
    const activeAt = steadyNow()
    const interpretation = stopwatch.time('parse', () => steps.interpret(message))
    const { command, workingsJson, response, ...facts } =
      interpretation.kind === 'question'
        ? await answerQuestion(interpretation.text, session, stopwatch)
        : await stopwatch.time('answer', () => interpretation.run(session))
    const ids = { sessionId: session.id, turnId, traceId }
    const receipt: Receipt = {
      response: response.text,
      responseText: response.plain,
      ...ids,
      ...facts,
      timingsMs: stopwatch.read(),
    }
    const turn: NewTurn = { receipt, message, command, workingsJson, requestId, user: session.user ?? owner?.user, createdAt }
    const submittedAt = clock()
    await steps.turns.append(turn, { idempotency, activeAt, sessionExpiresAt: steps.expiresAt(activeAt) })
    return { receipt, reply: response, storeMs: clock() - submittedAt }
  }

  async function answerQuestion(question: string, session: Session, stopwatch: Stopwatch): Promise<Reply> {
    const smallTalk = steps.replyToSmallTalk(question)
    if (smallTalk !== undefined) return smallTalk
    const pastTurns = (limit: number) => listPastTurns(steps.turns, session, limit)
    // Everything but writing the answer counts as search, also waiting for a worker.
    const { answer, answerMs } = await stopwatch.time('search', () => steps.answer(question, pastTurns))
    stopwatch.add('search', -answerMs)
    stopwatch.add('answer', answerMs)
    return answer
  }

  async function findTurn(turnId: string, { sessionId, owner = {} }: TurnClaim): Promise<Turn> {
    const turn = await steps.turns.find(turnId)
    const isOther = sessionId !== undefined && turn?.receipt.sessionId !== sessionId
    if (turn === undefined || isOther || !(await steps.owns(owner, turn.receipt.sessionId))) throw new ChatError('TURN_NOT_FOUND')
    return turn
  }

  async function listPage(sessionId: string, { before, limit }: TurnPage) {
    const found = await steps.turns.list(sessionId, { before, limit: limit + 1 })
    const turns = found.slice(0, limit)
    return { turns, next: found.length > limit ? (turns.at(-1)?.seq ?? null) : null }
  }

  return {
    answer,

    /** Finds a stored turn. @throws {ChatError} TURN_NOT_FOUND, also if the claim does not hold. */
    turn: (turnId: string, claim: TurnClaim = {}) => findTurn(turnId, claim),

    /**
     * Lists a session's turns, newest first; `next` is the `before` of the next page.
     * @throws {ChatError} SESSION_NOT_FOUND, SESSION_EXPIRED
     */
    async turns(sessionId: string, page: TurnPage, owner: Owner = {}) {
      await steps.resumeSession(sessionId, owner)
      return listPage(sessionId, page)
    },

    /** The same for a session of any owner and state, also one that does not exist. */
    page: listPage,

    /**
     * Records the user's judgement of a turn.
     * @throws {ChatError} TURN_NOT_FOUND, DOCUMENT_NOT_FOUND
     */
    async judge(turnId: string, feedback: Omit<Feedback, 'createdAt'>, claim: TurnClaim = {}): Promise<void> {
      await findTurn(turnId, claim)
      if (!(await steps.turns.recordFeedback(turnId, { ...feedback, createdAt: now() }))) throw new ChatError('TURN_NOT_FOUND')
    },
  }
}

/** Lists the last questions and the text that answered each. Skips turns before `/clear`. */
async function listPastTurns(
  turns: TurnStore,
  { id, contextFrom, turnCount }: Session,
  limit: number,
): Promise<readonly PastTurn[]> {
  if (turnCount === 0) return []
  const list = async (limit: number, before?: number) =>
    (await turns.list(id, { before, limit })).filter(({ seq }) => seq > contextFrom)
  const last = await list(limit)
  // Most turns are questions. Others are read, and their workings parsed, only if some are not.
  const mayLack = last.length === limit && selectQuestions(last, limit).length < limit
  const recent = mayLack ? [...last, ...(await list(RECALLED_TURNS - limit, last.at(-1)?.seq))] : last
  const questions = selectQuestions(recent, limit).map(keepFirstSource)
  return recallQuestions(await Promise.all(questions.map(turns.withPassages)))
}

export type Chat = ReturnType<typeof createChat>
