import type { DocumentOwner } from '../../knowledge/document.ts'
import type { FoundPassages } from '../../search/retrieval.ts'
import type { SearchOptions } from '../../search/search-engine.ts'
import type { WrittenAnswer } from '../answer-question.ts'
import type { AnswererOptions } from '../answerer.ts'
import type { PastTurn } from '../question/follow-up.ts'

/** What a worker needs to answer questions. Plain data. */
export interface AnswerWorkerData extends AnswererOptions {
  /** Path of the database, which the worker reads passages from. */
  readonly database: string
  /** Memory for passages, in bytes. */
  readonly passageBytes: number
  /** Duration (ms) above which a read counts as slow. */
  readonly slowQueryMs: number
  /** Whether replies carry their redacted form. */
  readonly isLogged: boolean
}

/** A question for a worker. */
export type AnswerTask =
  | {
      readonly kind: 'answer'
      readonly question: string
      readonly owner: DocumentOwner | undefined
      /** Earlier turns, newest first. Undefined if they were not read yet. */
      readonly turns: readonly PastTurn[] | undefined
    }
  | { readonly kind: 'retrieve'; readonly query: string; readonly limit: number; readonly options?: SearchOptions | undefined }

/** An answer as it travels between threads. */
export interface SentAnswer extends Omit<WrittenAnswer, 'response' | 'workingsJson'> {
  readonly response: { readonly text: string; readonly plain: string; readonly redacted: string | undefined }
}

export type AnswerResult =
  | { readonly kind: 'answered'; readonly answer: SentAnswer; readonly answering: Period }
  | { readonly kind: 'found'; readonly found: FoundPassages }
  /** The question depends on earlier turns, which the task lacks. */
  | { readonly kind: 'turns-needed' }

/**
 * A reply as it travels between threads: as texts, because sending the object costs seven times as
 * much. The workings are most of the text of an answer, and this thread does not read them.
 */
export interface SentReply {
  /** JSON of an `AnswerReply`. */
  readonly json: string
  /** Of an answer. */
  readonly workingsJson?: string
}

/** The reply to a task. */
export type AnswerReply = AnswerResult & { readonly records: ThreadRecords }

/** In milliseconds; that of a worker, of the worker's clock. */
export interface Period {
  readonly start: number
  readonly end: number
}

/** A read of the database. */
export interface ReadRecord extends Period {
  readonly name: string
  readonly text: string
  /** The facts of a slow read's log line. */
  readonly slow?: object
}

export interface SearchRecord extends Period {
  readonly limit: number
  /** The scores of the hits, best first. */
  readonly scores: readonly number[]
  /** Whether an answer is too unlikely; absent if that was not estimated. */
  readonly abstained?: boolean
  /** The facts of its log line. */
  readonly facts: object
  readonly reads: readonly ReadRecord[]
}

/** What happened in a worker, to be recorded by the main thread. */
export interface ThreadRecords {
  readonly searches: readonly SearchRecord[]
  /** The worker's clock when it replied. */
  readonly repliedAt: number
}
