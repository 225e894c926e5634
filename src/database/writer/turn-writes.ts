import type { Feedback, IdempotencyRecord } from '../../chat/turn.ts'
import { ChatError } from '../../errors.ts'
import { refuseClosedSession } from '../sessions/session-state.ts'
import type { Sql } from '../sql.ts'
import type { NewTurnRow } from '../turn-rows.ts'
import { recordErasure } from './erasure.ts'

export interface AppendTurn {
  readonly row: NewTurnRow
  readonly key?: KeyRecord
  readonly activeAt: number
  readonly sessionExpiresAt: number
}

/** A key with the texts of its turn's sources as JSON: a replay equals the first reply. */
interface KeyRecord extends IdempotencyRecord {
  readonly passages: string
}

/** Session and user of a turn that got feedback. */
export interface TurnOwner {
  readonly sessionId: string
  readonly user: string | undefined
}

/** Writes of the turn store. Each runs in the writer thread in its own savepoint. */
export const TURN_WRITES = {
  appendTurn(sql: Sql, { row, key, activeAt, sessionExpiresAt }: AppendTurn): number {
    if (key !== undefined) takeKey(sql, key, row, activeAt)
    const seq = takeSeq(sql, row, activeAt, sessionExpiresAt)
    sql.run`INSERT INTO turns (session_id, seq, turn_id, request_id, trace_id, user, kind, command, confidence, created_at, total_ms, timings,
                               message, response, details)
      VALUES (${row.session_id}, ${seq}, ${row.turn_id}, ${row.request_id}, ${row.trace_id}, ${row.user}, ${row.kind}, ${row.command},
              ${row.confidence}, ${row.created_at}, ${row.total_ms}, ${row.timings}, ${row.message}, ${row.response}, ${row.details})`
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
 * The files may have it until `finishErasures`, and the log until `finishLogErasures`.
 */
export function eraseTurns(sql: Sql, sessionId: string): number {
  // Without its key, a retry gets a new answer instead of an empty one.
  sql.run`DELETE FROM idempotency_keys WHERE turn_id IN (SELECT turn_id FROM turns WHERE session_id = ${sessionId})`
  const turns = sql.run`UPDATE turns SET message = '', response = '', details = NULL, feedback_comment = NULL, feedback_document = NULL
    WHERE session_id = ${sessionId} AND (details IS NOT NULL OR feedback_comment IS NOT NULL)`
  if (turns > 0) recordErasure(sql)
  // Also if retention has erased the turns: the log may be kept for longer.
  sql.run`INSERT INTO log_erasures (name, since)
    SELECT ${sessionId}, min(created_at) FROM turns WHERE session_id = ${sessionId} HAVING count(*) > 0`
  return turns
}

function requireDocument(sql: Sql, id: string): void {
  if (sql.get`SELECT 1 FROM documents WHERE id = ${id}` === undefined) throw new ChatError('DOCUMENT_NOT_FOUND')
}

function takeKey(sql: Sql, { key, fingerprint, expiresAt, passages, spanId }: KeyRecord, turn: NewTurnRow, now: number): void {
  const taken = sql.run`INSERT INTO idempotency_keys (key, fingerprint, turn_id, expires_at, passages, span_id)
    VALUES (${key}, ${fingerprint}, ${turn.turn_id}, ${expiresAt}, ${passages}, ${spanId})
    ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, turn_id = excluded.turn_id, expires_at = excluded.expires_at,
      passages = excluded.passages, span_id = excluded.span_id
    WHERE expires_at <= ${now}`
  if (taken === 0) throw new ChatError('IDEMPOTENCY_KEY_IN_USE')
}

/**
 * Takes `seq` from the session's turn count: numbers are not reused when old turns are deleted. A
 * session without a user gets that of the turn, so it is erased with the user.
 */
function takeSeq(sql: Sql, turn: NewTurnRow, activeAt: number, expiresAt: number): number {
  const session = sql.get<{ seq: number }>`UPDATE sessions
    SET turn_count = turn_count + 1, user = coalesce(user, ${turn.user}), last_active_at = ${activeAt}, expires_at = ${expiresAt}
    WHERE id = ${turn.session_id} AND state = 'open' RETURNING turn_count AS seq`
  return session?.seq ?? refuseClosedSession(sql, turn.session_id)
}
