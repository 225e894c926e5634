import type { Source, Workings } from '../answering/workings.ts'

/**
 * `answer`: quoted from the documents; `command`: from a slash command; `fallback`: no answer was
 * found, or the message is small talk.
 */
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

/** The reply to a message, as the caller gets it. Final once stored. */
export interface Receipt {
  /** In Markdown. */
  readonly response: string
  /** The same without markup. */
  readonly responseText: string
  readonly sessionId: string
  readonly turnId: string
  readonly traceId: string
  readonly kind: TurnKind
  /**
   * Estimated probability, 0–1, that the documents answer the question. 1 for a command, 0 for
   * small talk.
   */
  readonly confidence: number
  readonly sources: readonly Source[]
  /** Titles or commands that the user may have meant. */
  readonly suggestions: readonly string[]
  readonly timingsMs: Timings
}

/** A message and its reply: the unit that is stored, evaluated, retained and erased. */
export interface Turn {
  readonly receipt: Receipt
  /** Number within the session, from 1 without gaps. */
  readonly seq: number
  readonly message: string
  /** Name of the command, if the message was one. */
  readonly command?: string
  readonly workings?: Workings
  readonly requestId: string
  /** Pseudonym of the user. */
  readonly user?: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly feedback?: Feedback
}

/** A turn that is not stored yet. Its workings are JSON text already. */
export interface NewTurn extends Omit<Turn, 'seq' | 'workings' | 'feedback'> {
  readonly workingsJson?: string
}

/** A user's judgement of a reply. */
export interface Feedback {
  readonly correct: boolean
  readonly comment?: string
  /** The document that answers the question. It existed when the feedback was given. */
  readonly documentId?: string
  readonly createdAt: number
}

/** Binds a turn to the `Idempotency-Key` of its request. */
export interface IdempotencyRecord {
  /** Keyed hash of key and caller: equal keys of two callers differ. */
  readonly key: string
  /** Hash of the request's fields. */
  readonly fingerprint: string
  /** Milliseconds since 1970, by the steady clock. */
  readonly expiresAt: number
  /** Span of the request; undefined if it is not traced. */
  readonly spanId?: string
}

/** What is stored together with a turn. */
export interface TurnActivity {
  readonly idempotency?: IdempotencyRecord
  /** When its session was active, by the steady clock. Default: when the turn was created. */
  readonly activeAt?: number
  /** When its session expires, by the same clock. */
  readonly sessionExpiresAt: number
}

/** The turn of an `Idempotency-Key`, as it was stored. */
export interface KeyedTurn extends Pick<IdempotencyRecord, 'fingerprint' | 'spanId'> {
  readonly turn: Turn
}

/** Stores turns. Implemented by the database. */
export interface TurnStore {
  /**
   * Stores a turn as the next of its session, in one transaction with the session's activity and
   * the idempotency record. Resolves to its `seq` when all of it is on disk.
   * @throws {ChatError} IDEMPOTENCY_KEY_IN_USE if another turn has the key and it has not expired.
   */
  append(turn: NewTurn, with_: TurnActivity): Promise<number>
  find(turnId: string): Promise<Turn | undefined>
  /**
   * Adds the text of the sources to a listed turn. It is read from the documents: a source whose
   * document has changed since the reply is `changed`, without text and highlights.
   */
  withPassages(turn: Turn): Promise<Turn>
  /**
   * Lists turns of a session with a `seq` below `before`, newest first. Erased turns have an empty
   * message and response. The sources have no text: see `withPassages`.
   */
  list(sessionId: string, page: { readonly before?: number; readonly limit: number }): Promise<readonly Turn[]>
  /** Finds the turn of a key that has not expired. */
  findByKey(key: string, now: number): Promise<KeyedTurn | undefined>
  /**
   * Erases message, response, sources, workings, and comment and document of the feedback of a
   * session's turns, and resolves to their number. Other facts are kept.
   */
  eraseContent(sessionId: string): Promise<number>
  /**
   * Records a judgement, replacing an earlier one. Resolves to false if the turn is erased or
   * unknown.
   * @throws {ChatError} DOCUMENT_NOT_FOUND if it names a document that does not exist.
   */
  recordFeedback(turnId: string, feedback: Feedback): Promise<boolean>
  /** Deletes expired idempotency records and resolves to their number. */
  expireKeys(now: number): Promise<number>
}
