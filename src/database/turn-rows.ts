import type { Workings } from '../answering/workings.ts'
import type { Feedback, NewTurn, Timings, Turn, TurnKind } from '../chat/turn.ts'
import { type StoredSource, toStoredSource } from './stored-sources.ts'

/** A row of the table `turns`. */
export interface TurnRow {
  readonly session_id: string
  readonly seq: number
  readonly turn_id: string
  readonly request_id: string
  readonly trace_id: string
  readonly user: string | null
  readonly kind: TurnKind
  readonly command: string | null
  readonly confidence: number
  readonly created_at: number
  readonly timings: string
  readonly message: string
  readonly response: string
  readonly details: string | null
  readonly feedback_correct: number | null
  readonly feedback_comment: string | null
  readonly feedback_document: string | null
  readonly feedback_at: number | null
}

/** The part of a turn that is stored as JSON, because it is always read and erased as a whole. */
export interface TurnDetails {
  /** Absent if it equals the response. */
  readonly responseText?: string
  readonly sources: readonly StoredSource[]
  readonly suggestions: readonly string[]
  readonly workings?: Workings
}

/**
 * A turn as the writer thread inserts it. Its objects are JSON already: sending texts to the thread
 * takes an eighth of the time of sending the objects.
 */
export type NewTurnRow = ReturnType<typeof toNewRow>

const ERASED: TurnDetails = { sources: [], suggestions: [] }

/** Builds the turn from its row. Its sources have the text only if the row has it. */
export function toTurn(row: TurnRow): Turn {
  const {
    responseText = row.response,
    sources,
    suggestions,
    workings,
  } = row.details === null ? ERASED : (JSON.parse(row.details) as TurnDetails)
  const feedback = toFeedback(row)
  return {
    receipt: {
      response: row.response,
      responseText,
      sessionId: row.session_id,
      turnId: row.turn_id,
      traceId: row.trace_id,
      kind: row.kind,
      confidence: row.confidence,
      sources: sources.map(source => ({ passage: '', ...source })),
      suggestions,
      timingsMs: JSON.parse(row.timings) as Timings,
    },
    seq: row.seq,
    message: row.message,
    ...(row.command !== null && { command: row.command }),
    ...(workings && { workings }),
    requestId: row.request_id,
    ...(row.user !== null && { user: row.user }),
    createdAt: row.created_at,
    ...(feedback && { feedback }),
  }
}

/** Builds the row of a turn that is not stored yet. */
export function toNewRow({ receipt, message, command, workingsJson, requestId, user, createdAt }: NewTurn) {
  const { response, responseText, sources, suggestions, timingsMs } = receipt
  const details = {
    ...(responseText !== response && { responseText }),
    sources: sources.map(toStoredSource),
    suggestions,
  } satisfies TurnDetails
  const detailsJson = JSON.stringify(details)
  return {
    session_id: receipt.sessionId,
    turn_id: receipt.turnId,
    request_id: requestId,
    trace_id: receipt.traceId,
    user,
    kind: receipt.kind,
    command,
    confidence: receipt.confidence,
    created_at: createdAt,
    total_ms: timingsMs.total,
    timings: JSON.stringify(timingsMs),
    message,
    response,
    details: workingsJson === undefined ? detailsJson : `${detailsJson.slice(0, -1)},"workings":${workingsJson}}`,
  }
}

function toFeedback(row: TurnRow): Feedback | undefined {
  if (row.feedback_at === null) return undefined
  return {
    correct: row.feedback_correct === 1,
    ...(row.feedback_comment !== null && { comment: row.feedback_comment }),
    ...(row.feedback_document !== null && { documentId: row.feedback_document }),
    createdAt: row.feedback_at,
  }
}
