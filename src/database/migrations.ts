import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../errors.ts'
import { BUSY, resultCodeOf } from './writer/serialized-error.ts'

/**
 * The steps from an empty file to today's tables. A database's `user_version` is the number of steps it has taken, so a step
 * that was once released is never edited, moved or dropped: what must change becomes a further step.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE sessions (
     id             TEXT PRIMARY KEY,
     user           TEXT,
     state          TEXT NOT NULL CHECK (state IN ('open', 'expired', 'deleted')),
     created_at     INTEGER NOT NULL,
     last_active_at INTEGER NOT NULL,
     expires_at     INTEGER NOT NULL,
     closed_at      INTEGER,
     context_from   INTEGER NOT NULL,
     verbose        INTEGER NOT NULL,
     turn_count     INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX open_sessions_by_expiry ON sessions (expires_at) WHERE state = 'open';
   CREATE INDEX open_sessions_by_user ON sessions (user, last_active_at) WHERE state = 'open' AND user IS NOT NULL;

   -- Clustered, so that a session's last turns are neighbours on disk. Facts that are counted or compared have columns of their own.
   CREATE TABLE turns (
     session_id       TEXT NOT NULL,
     seq              INTEGER NOT NULL,
     turn_id          TEXT NOT NULL,
     request_id       TEXT NOT NULL,
     trace_id         TEXT NOT NULL,
     user             TEXT,
     kind             TEXT NOT NULL,
     command          TEXT,
     confidence       REAL NOT NULL,
     created_at       INTEGER NOT NULL,
     total_ms         REAL NOT NULL,
     timings          TEXT NOT NULL, -- JSON
     message          TEXT NOT NULL,
     response         TEXT NOT NULL,
     details          TEXT,          -- JSON of sources, suggestions and workings; NULL once the content is erased
     feedback_correct INTEGER,
     feedback_comment TEXT,
     feedback_at      INTEGER,
     PRIMARY KEY (session_id, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX turns_by_id ON turns (turn_id);
   CREATE INDEX turns_by_time ON turns (created_at);

   CREATE TABLE idempotency_keys (
     key         TEXT PRIMARY KEY,
     fingerprint TEXT NOT NULL,
     turn_id     TEXT NOT NULL,
     expires_at  INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

   -- The text stands last: what is read without it need not walk over its pages.
   CREATE TABLE documents (
     id            TEXT NOT NULL UNIQUE,
     title         TEXT NOT NULL,
     format        TEXT NOT NULL,
     url           TEXT,
     file          TEXT,
     owner         TEXT NOT NULL,
     hash          TEXT NOT NULL,
     passage_count INTEGER NOT NULL,
     text_bytes    INTEGER NOT NULL,
     created_at    INTEGER NOT NULL,
     updated_at    INTEGER NOT NULL,
     text          TEXT NOT NULL
   ) STRICT;
   CREATE INDEX documents_by_file ON documents (owner, file);
   CREATE VIEW document_summaries AS
     SELECT id, title, format, url, file, owner, hash, passage_count, text_bytes, created_at, updated_at FROM documents;

   CREATE TABLE passages (
     document_id TEXT NOT NULL,
     ordinal     INTEGER NOT NULL,
     headings    TEXT NOT NULL, -- JSON
     location    TEXT NOT NULL,
     text        TEXT NOT NULL,
     PRIMARY KEY (document_id, ordinal)
   ) STRICT, WITHOUT ROWID;

   -- One row for each document there ever was, with the revision of its last change. AUTOINCREMENT never gives a number twice.
   CREATE TABLE document_changes (
     revision    INTEGER PRIMARY KEY AUTOINCREMENT,
     document_id TEXT NOT NULL UNIQUE
   ) STRICT;`,

  // Counted as they are judged, so that reading the numbers costs the same however many turns there are. No turn is judged when it is stored.
  `CREATE TABLE judged_turns (
     correct INTEGER PRIMARY KEY CHECK (correct IN (0, 1)),
     turns   INTEGER NOT NULL
   ) STRICT;
   INSERT INTO judged_turns (correct, turns)
     VALUES (0, (SELECT count(*) FROM turns WHERE feedback_correct = 0)), (1, (SELECT count(*) FROM turns WHERE feedback_correct = 1));
   CREATE TRIGGER turn_judged AFTER UPDATE OF feedback_correct ON turns WHEN old.feedback_correct IS NOT new.feedback_correct BEGIN
     UPDATE judged_turns SET turns = turns - 1 WHERE correct = old.feedback_correct;
     UPDATE judged_turns SET turns = turns + 1 WHERE correct = new.feedback_correct;
   END;
   CREATE TRIGGER judged_turn_deleted AFTER DELETE ON turns WHEN old.feedback_correct IS NOT NULL BEGIN
     UPDATE judged_turns SET turns = turns - 1 WHERE correct = old.feedback_correct;
   END;`,
]

const WAL_ATTEMPTS = 20

/** Versions before and after a migration; equal when there was nothing to do. */
export interface Migrated {
  readonly from: number
  readonly to: number
}

/**
 * Brings a database to today's tables, one transaction a step. Processes that do so at once take turns: each step is chosen
 * under the write lock, by the version found there.
 * @throws {ChatError} DATABASE_TOO_NEW when it has taken steps that this program does not know; nothing is changed then.
 */
export function migrate(db: DatabaseSync): Migrated {
  const from = readVersion(db)
  enterWal(db)
  while (readVersion(db) < STEPS.length) takeStep(db)
  return { from, to: STEPS.length }
}

/**
 * Write-ahead logging is a property of the file. SQLite does not wait when two processes ask for it at once, but it waits for a write
 * lock: whoever is refused queues for that, and then asks again.
 */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (resultCodeOf(error) !== BUSY || attempt === WAL_ATTEMPTS) throw error
      db.exec('BEGIN IMMEDIATE; COMMIT')
    }
  }
}

function takeStep(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    const version = readVersion(db)
    const step = STEPS[version]
    if (step !== undefined) db.exec(`${step}; PRAGMA user_version = ${version + 1}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function readVersion(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version <= STEPS.length) return version
  throw new ChatError('DATABASE_TOO_NEW', {
    message: `The database is of version ${version}, and this program knows versions up to ${STEPS.length}`,
    facts: { database_version: version, program_version: STEPS.length },
  })
}
