import type { Turn, TurnStore } from '../chat/turn.ts'
import type { Database } from './database-manager.ts'
import { readPassages } from './stored-sources.ts'
import { type TurnRow, toNewRow, toTurn } from './turn-rows.ts'

/** Numbers of turns by their latest feedback. */
export interface JudgedTurns {
  readonly correct: number
  readonly incorrect: number
}

export interface StoredTurns extends TurnStore {
  /**
   * Counts turns with feedback, including erased ones. Reads two rows, whatever the number of
   * turns.
   */
  countJudged(): Promise<JudgedTurns>
  /**
   * Yields answers and refusals with feedback that were not erased, by session. Scans the whole
   * table, in pages.
   */
  judged(): AsyncGenerator<Turn>
}

/** A turn with the record of its key. */
interface KeyedRow extends TurnRow {
  readonly fingerprint: string
  /** JSON: the texts of the sources. Null for a key of an older version. */
  readonly passages: string | null
  readonly span_id: string | null
}

const PAGE_TURNS = 200

/**
 * Turns in the database. In addition to the errors of the port, `append` throws SESSION_NOT_FOUND
 * or SESSION_EXPIRED if the session was closed in the meantime. A refused turn stores nothing and
 * does not count as activity of its session.
 */
export function createTurnStore(database: Database): StoredTurns {
  return {
    append: (turn, { idempotency, activeAt = turn.createdAt, sessionExpiresAt }) =>
      database.write('appendTurn', {
        row: toNewRow(turn),
        key: idempotency && { ...idempotency, passages: JSON.stringify(turn.receipt.sources.map(({ passage }) => passage)) },
        activeAt,
        sessionExpiresAt,
      }),

    async find(turnId) {
      const row = database.get<TurnRow>`SELECT * FROM turns WHERE turn_id = ${turnId}`
      return row && readPassages(database, toTurn(row))
    },

    withPassages: async turn => readPassages(database, turn),

    async list(sessionId, { before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = database.all<TurnRow>`SELECT * FROM turns WHERE session_id = ${sessionId} AND seq < ${before} ORDER BY seq DESC LIMIT ${limit}`
      return rows.map(toTurn)
    },

    async findByKey(key, now) {
      const row = database.get<KeyedRow>`SELECT turns.*, fingerprint, passages, span_id
        FROM idempotency_keys JOIN turns USING (turn_id) WHERE key = ${key} AND expires_at > ${now}`
      return row && { turn: replayOf(row), fingerprint: row.fingerprint, spanId: row.span_id ?? undefined }
    },

    eraseContent: sessionId => database.write('eraseTurns', sessionId),

    recordFeedback: async (turnId, feedback) => (await database.write('recordFeedback', { turnId, feedback })) !== undefined,

    expireKeys: now => database.write('expireKeys', now),

    async countJudged() {
      const rows = database.all<{ correct: 0 | 1; turns: number }>`SELECT correct, turns FROM judged_turns`
      const of = (wanted: 0 | 1) => rows.find(({ correct }) => correct === wanted)?.turns ?? 0
      return { correct: of(1), incorrect: of(0) }
    },

    async *judged() {
      for (let session = '', seq = 0; ; ) {
        const rows = database.all<TurnRow>`SELECT * FROM turns
          WHERE feedback_correct IS NOT NULL AND details IS NOT NULL AND kind <> 'command' AND (session_id, seq) > (${session}, ${seq})
          ORDER BY session_id, seq LIMIT ${PAGE_TURNS}`
        yield* rows.map(toTurn).filter(({ workings }) => workings !== undefined)
        const last = rows.at(-1)
        if (last === undefined) return
        session = last.session_id
        seq = last.seq
      }
    },
  }
}

/** The turn as it was stored, with the texts of its sources. */
function replayOf(row: KeyedRow): Turn {
  const { receipt, ...turn } = toTurn(row)
  const passages = row.passages === null ? [] : (JSON.parse(row.passages) as readonly string[])
  const sources = receipt.sources.map((source, i) => ({ ...source, passage: passages[i] ?? source.passage }))
  return { ...turn, receipt: { ...receipt, sources } }
}
