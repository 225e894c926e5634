import type { Source, Workings } from '../answering/workings.ts'

/** `answer`: taken from the documents, or a greeting; `command`: a slash command ran; `fallback`: an honest "I don't know". */
export type TurnKind = 'answer' | 'command' | 'fallback'

/**
 * Duration of each step of a turn in milliseconds; 0 for a step that did not run. `total` runs from
 * the start of the turn until its write is submitted.
 */
export interface Timings {
  readonly queue: number
  readonly session: number
  readonly parse: number
  readonly search: number
  readonly answer: number
  readonly total: number
}

/** What the caller gets back for a message. */
export interface Receipt {
  readonly response: string
  readonly sessionId: string
  readonly turnId: string
  readonly traceId: string
  readonly kind: TurnKind
  /** 0–1: how likely it is that the documents answer the question; 1 for a command or a greeting. */
  readonly confidence: number
  readonly sources: readonly Source[]
  /** Titles, or commands, that may be what was meant. */
  readonly suggestions: readonly string[]
  readonly timingsMs: Timings
}

/** One message and its reply: the one record that is stored, analysed, retained and erased. */
export interface Turn {
  readonly receipt: Receipt
  /** Place in its session, from 1, without gaps. 0 until it is stored. */
  readonly seq: number
  readonly message: string
  /** Name of the command that ran. */
  readonly command?: string
  readonly workings?: Workings
  readonly requestId: string
  /** Pseudonym of the user. */
  readonly user?: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly feedback?: Feedback
}

export interface Feedback {
  readonly correct: boolean
  readonly comment?: string
  readonly createdAt: number
}

/** Binds a turn to the `Idempotency-Key` it came with. */
export interface IdempotencyRecord {
  /** Key and caller in one, as a keyed hash: one caller's key says nothing to another. */
  readonly key: string
  /** Hash of the body. */
  readonly fingerprint: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Where turns are kept. The chat folder owns this port; the database folder fills it. */
export interface TurnStore {
  /**
   * Stores a turn as the next of its session, with the session's activity and the idempotency record, in one transaction;
   * resolves to its `seq` when all of it is on disk. Throws `IDEMPOTENCY_KEY_IN_USE` when the key is taken and not yet expired.
   */
  append(turn: Turn, with_: { readonly idempotency?: IdempotencyRecord; readonly sessionExpiresAt: number }): Promise<number>
  find(turnId: string): Promise<Turn | undefined>
  /** Turns of a session, newest first, with a `seq` below `before`; of an erased one the message and response are empty. */
  list(sessionId: string, page: { readonly before?: number; readonly limit: number }): Promise<readonly Turn[]>
  findByKey(key: string, now: number): Promise<{ readonly turn: Turn; readonly fingerprint: string } | undefined>
  /** Erases message, response, sources, workings and comments of a session's turns; resolves to how many. The facts about them stay. */
  eraseContent(sessionId: string): Promise<number>
  /** Resolves to whether there is such a turn. A second judgement replaces the first. */
  recordFeedback(turnId: string, feedback: Feedback): Promise<boolean>
  /** Forgets idempotency records past their time; resolves to how many. */
  expireKeys(now: number): Promise<number>
}
