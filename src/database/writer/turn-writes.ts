import type { Feedback, IdempotencyRecord, Receipt, Turn } from '../../chat/turn.ts'
import { ChatError } from '../../errors.ts'
import { refuseClosedSession } from '../session-state.ts'
import type { Sql } from '../sql.ts'
import { toStoredSource } from '../stored-sources.ts'
import type { TurnDetails } from '../turn-rows.ts'

export interface AppendTurn {
  readonly turn: Turn
  readonly idempotency?: IdempotencyRecord
  readonly sessionExpiresAt: number
}

/** Session and user of a turn that got feedback. */
export interface TurnOwner {
  readonly sessionId: string
  readonly user: string | undefined
}

/** Writes of the turn store. Each runs in the writer thread in its own savepoint. */
export const TURN_WRITES = {
  appendTurn(sql: Sql, { turn, idempotency, sessionExpiresAt }: AppendTurn): number {
    const { receipt, createdAt } = turn
    const { response, responseText, sources, suggestions } = receipt
    const details: TurnDetails = {
      ...(responseText !== response && { responseText }),
      sources: sources.map(toStoredSource),
      suggestions,
      workings: turn.workings,
    }
    if (idempotency !== undefined) takeKey(sql, idempotency, receipt, createdAt)
    const seq = takeSeq(sql, receipt.sessionId, createdAt, sessionExpiresAt)
    sql.run`INSERT INTO turns (session_id, seq, turn_id, request_id, trace_id, user, kind, command, confidence, created_at, total_ms, timings,
                               message, response, details)
      VALUES (${receipt.sessionId}, ${seq}, ${receipt.turnId}, ${turn.requestId}, ${receipt.traceId}, ${turn.user}, ${receipt.kind},
              ${turn.command}, ${receipt.confidence}, ${createdAt}, ${receipt.timingsMs.total}, ${JSON.stringify(receipt.timingsMs)},
              ${turn.message}, ${receipt.response}, ${JSON.stringify(details)})`
    return seq
  },

  eraseTurns,

  recordFeedback(
    sql: Sql,
    { turnId, feedback }: { readonly turnId: string; readonly feedback: Feedback },
  ): TurnOwner | undefined {
    const row = sql.get<{ session_id: string; user: string | null }>`UPDATE turns
      SET feedback_correct = ${feedback.correct}, feedback_comment = ${feedback.comment},
          feedback_document = ${feedback.documentId}, feedback_at = ${feedback.createdAt}
      WHERE turn_id = ${turnId} AND details IS NOT NULL RETURNING session_id, user`
    if (row !== undefined && feedback.documentId !== undefined) requireDocument(sql, feedback.documentId)
    return row && { sessionId: row.session_id, user: row.user ?? undefined }
  },

  expireKeys(sql: Sql, now: number): number {
    return sql.run`DELETE FROM idempotency_keys WHERE expires_at <= ${now}`
  },
}

/**
 * Erases the content of a session's turns and returns the number of turns that still had content.
 */
export function eraseTurns(sql: Sql, sessionId: string): number {
  // Without its key, a retry gets a new answer instead of an empty one.
  sql.run`DELETE FROM idempotency_keys WHERE turn_id IN (SELECT turn_id FROM turns WHERE session_id = ${sessionId})`
  return sql.run`UPDATE turns SET message = '', response = '', details = NULL, feedback_comment = NULL, feedback_document = NULL
    WHERE session_id = ${sessionId} AND (details IS NOT NULL OR feedback_comment IS NOT NULL)`
}

function requireDocument(sql: Sql, id: string): void {
  if (sql.get`SELECT 1 FROM documents WHERE id = ${id}` === undefined) throw new ChatError('DOCUMENT_NOT_FOUND')
}

/** Takes a key, with the texts of the sources: a replay equals the first reply. */
function takeKey(sql: Sql, { key, fingerprint, expiresAt }: IdempotencyRecord, { turnId, sources }: Receipt, now: number): void {
  const passages = JSON.stringify(sources.map(({ passage }) => passage))
  const taken = sql.run`INSERT INTO idempotency_keys (key, fingerprint, turn_id, expires_at, passages)
    VALUES (${key}, ${fingerprint}, ${turnId}, ${expiresAt}, ${passages})
    ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, turn_id = excluded.turn_id, expires_at = excluded.expires_at,
      passages = excluded.passages
    WHERE expires_at <= ${now}`
  if (taken === 0) throw new ChatError('IDEMPOTENCY_KEY_IN_USE')
}

/** Takes `seq` from the session's turn count: numbers are not reused when old turns are deleted. */
function takeSeq(sql: Sql, sessionId: string, activeAt: number, expiresAt: number): number {
  const session = sql.get<{ seq: number }>`UPDATE sessions
    SET turn_count = turn_count + 1, last_active_at = ${activeAt}, expires_at = ${expiresAt}
    WHERE id = ${sessionId} AND state = 'open' RETURNING turn_count AS seq`
  return session?.seq ?? refuseClosedSession(sql, sessionId)
}
