import type { Answer } from '../answering/answer.ts'
import type { PastTurn, RetrievedInContext } from '../answering/follow-up.ts'
import type { Source, Workings } from '../answering/workings.ts'
import { ChatError } from '../errors.ts'
import type { Session } from '../sessions/session.ts'
import { replyToGreeting } from './greeting.ts'
import { type Answered, createIdempotency, type StoredReply } from './idempotency.ts'
import { recallTurns } from './past-turns.ts'
import { createStopwatch, type Stopwatch } from './stopwatch.ts'
import type { Feedback, IdempotencyRecord, Receipt, Turn, TurnStore } from './turn.ts'

/** What a user says. */
export interface UserMessage {
  readonly message: string
  /** The session to go on with; undefined opens a new one. */
  readonly sessionId?: string
  /** Pseudonym of the user. */
  readonly user?: string
}

/** What is known about a message besides its content. */
export interface TurnContext {
  /** Made by the caller, so that everything about the turn can name it from the start. */
  readonly turnId: string
  readonly requestId: string
  readonly traceId: string
  /** The request's `Idempotency-Key`, already bound to its caller. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string }
}

/** What a command, a greeting or the documents have to say. */
export interface Reply {
  readonly response: string
  readonly kind: Receipt['kind']
  readonly confidence: number
  readonly sources: readonly Source[]
  readonly suggestions: readonly string[]
  readonly command?: string
  readonly workings?: Workings
}

/** A message as a question for the documents, or as a command and the function that runs it. */
export type Interpretation =
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'command'; run(session: Session): Promise<Reply> }

/** The organs that a turn goes through, in the order of the road. */
export interface ChatSteps {
  /** Runs a task when its turn in the session has come, and tells it how long that took. */
  enqueue<T>(sessionId: string, task: (waitedMs: number) => Promise<T>): Promise<T>
  openSession(user: string | undefined): Promise<Session>
  resumeSession(id: string, user: string | undefined): Promise<Session>
  /** When a session closes by itself that was last active at this time. Both in milliseconds since 1970. */
  expiresAt(lastActiveAt: number): number
  interpret(message: string): Interpretation
  /** Retrieves passages for a question. `pastTurns` returns the session's last questions, newest first. */
  retrieve(question: string, pastTurns: (limit: number) => Promise<readonly PastTurn[]>): Promise<RetrievedInContext>
  compose(question: string, retrieved: RetrievedInContext): Answer
  readonly turns: TurnStore
}

export interface ChatOptions {
  readonly idempotencyTtlMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
}

/** How many turns are looked through for the questions that a message may go on from: commands and greetings lie between them. */
const RECALLED_TURNS = 20

/** One turn, from message to receipt. */
export function createChat(steps: ChatSteps, { idempotencyTtlMs, now, clock }: ChatOptions) {
  const once = createIdempotency({ turns: steps.turns, ttlMs: idempotencyTtlMs, now })

  /**
   * Answers a message; when it resolves, the turn is on disk.
   * @throws {ChatError} SESSION_*, IDEMPOTENCY_* or DATABASE_*; nothing is stored then, but for a writer that died while it wrote: a key settles that.
   */
  async function answer(message: UserMessage, context: TurnContext): Promise<Answered> {
    const stopwatch = createStopwatch(clock)
    const run = (record?: IdempotencyRecord) => inOrder(message, context, stopwatch, record)
    const { idempotency } = context
    return idempotency === undefined ? { ...(await run()), replayed: false } : once(idempotency.key, idempotency.fingerprint, run)
  }

  async function inOrder(
    message: UserMessage,
    context: TurnContext,
    stopwatch: Stopwatch,
    record?: IdempotencyRecord,
  ): Promise<StoredReply> {
    const { sessionId, user } = message
    if (sessionId === undefined) {
      // Nobody else knows the new session yet, so nobody can be waiting in it.
      const session = await stopwatch.time('session', () => steps.openSession(user))
      return takeTurn(message, session, context, stopwatch, record)
    }
    return steps.enqueue(sessionId, async waitedMs => {
      stopwatch.add('queue', waitedMs)
      const session = await stopwatch.time('session', () => steps.resumeSession(sessionId, user))
      return takeTurn(message, session, context, stopwatch, record)
    })
  }

  async function takeTurn(
    { message }: UserMessage,
    session: Session,
    context: TurnContext,
    stopwatch: Stopwatch,
    idempotency?: IdempotencyRecord,
  ): Promise<StoredReply> {
    const createdAt = now()
    const interpretation = stopwatch.time('parse', () => steps.interpret(message))
    const reply =
      interpretation.kind === 'question'
        ? await answerQuestion(interpretation.text, session, stopwatch)
        : await stopwatch.time('answer', () => interpretation.run(session))
    const { command, workings, ...told } = reply
    const receipt: Receipt = {
      ...told,
      sessionId: session.id,
      turnId: context.turnId,
      traceId: context.traceId,
      timingsMs: stopwatch.read(),
    }
    const turn: Turn = {
      receipt,
      seq: 0,
      message,
      command,
      workings,
      requestId: context.requestId,
      user: session.user,
      createdAt,
    }
    const submittedAt = clock()
    await steps.turns.append(turn, { idempotency, sessionExpiresAt: steps.expiresAt(createdAt) })
    return { receipt, storeMs: clock() - submittedAt }
  }

  async function answerQuestion(question: string, session: Session, stopwatch: Stopwatch): Promise<Reply> {
    const greeting = replyToGreeting(question)
    if (greeting !== undefined) return { response: greeting, kind: 'answer', confidence: 1, sources: [], suggestions: [] }
    const pastTurns = (limit: number) => listPastTurns(steps.turns, session, limit)
    const retrieved = await stopwatch.time('search', () => steps.retrieve(question, pastTurns))
    const { workings, ...composed } = stopwatch.time('answer', () => steps.compose(question, retrieved))
    return {
      ...composed,
      workings,
      response: session.verbose ? `${composed.response}\n\n${explain(workings, composed.confidence)}` : composed.response,
    }
  }

  return {
    answer,

    /** The receipt of a stored turn. @throws {ChatError} TURN_NOT_FOUND */
    async receipt(turnId: string): Promise<Receipt> {
      const turn = await steps.turns.find(turnId)
      if (turn === undefined) throw new ChatError('TURN_NOT_FOUND')
      return turn.receipt
    },

    /** A session's turns, newest first; `next` is the `before` of the next page. @throws {ChatError} SESSION_NOT_FOUND, SESSION_EXPIRED */
    async turns(sessionId: string, { before, limit }: { readonly before?: number; readonly limit: number }) {
      await steps.resumeSession(sessionId, undefined)
      const found = await steps.turns.list(sessionId, { before, limit: limit + 1 })
      const turns = found.slice(0, limit)
      return { turns, next: found.length > limit ? (turns.at(-1)?.seq ?? null) : null }
    },

    /** Records the user's judgement of a turn. @throws {ChatError} TURN_NOT_FOUND */
    async judge(turnId: string, feedback: Omit<Feedback, 'createdAt'>): Promise<void> {
      if (!(await steps.turns.recordFeedback(turnId, { ...feedback, createdAt: now() }))) throw new ChatError('TURN_NOT_FOUND')
    },
  }
}

/** The last questions and what answered them; none from before the user cleared the context. */
async function listPastTurns(turns: TurnStore, { id, contextFrom }: Session, limit: number): Promise<readonly PastTurn[]> {
  const found = await turns.list(id, { limit: RECALLED_TURNS })
  return recallTurns(
    found.filter(({ seq }) => seq > contextFrom),
    limit,
  )
}

export type Chat = ReturnType<typeof createChat>

function explain({ terms, candidates, threshold }: Workings, confidence: number): string {
  const words = terms.map(({ term }) => term).join(' ')
  return `(searched for: ${words}; ${candidates.length} candidates; confidence ${confidence.toFixed(2)}, answered from ${threshold.toFixed(2)} on; /why tells more)`
}
