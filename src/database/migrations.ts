/**
 * The migrations from an empty file to the current schema. A database's `user_version` is the
 * number of migrations applied to it: never edit, move or remove a released migration, add another
 * one.
 */
export const MIGRATIONS: readonly string[] = [
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

   -- Clustered by session: the last turns of a session are adjacent on disk.
   -- Values that are counted or compared have their own columns.
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

   -- The text is the last column: reading the others does not touch its overflow pages.
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

   -- One row for each document that ever existed, with the revision of its last change.
   -- AUTOINCREMENT never reuses a number.
   CREATE TABLE document_changes (
     revision    INTEGER PRIMARY KEY AUTOINCREMENT,
     document_id TEXT NOT NULL UNIQUE
   ) STRICT;`,

  // Triggers keep the counts of turns with feedback, so reading them takes constant time. A new
  // turn never has feedback.
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

  // The document that answers, as named by the user. It may have been removed since.
  `ALTER TABLE turns ADD COLUMN feedback_document TEXT;`,

  // JSON of the texts of the turn's sources, which the turn itself does not keep.
  `ALTER TABLE idempotency_keys ADD COLUMN passages TEXT;`,

  // With rowids, turns are appended. Without, their rows of about 8 kB were in the tree of the
  // primary key, and each of them changed a page at a random place, for half of an insert's time.
  `CREATE TABLE appended_turns (
     session_id        TEXT NOT NULL,
     seq               INTEGER NOT NULL,
     turn_id           TEXT NOT NULL,
     request_id        TEXT NOT NULL,
     trace_id          TEXT NOT NULL,
     user              TEXT,
     kind              TEXT NOT NULL,
     command           TEXT,
     confidence        REAL NOT NULL,
     created_at        INTEGER NOT NULL,
     total_ms          REAL NOT NULL,
     timings           TEXT NOT NULL, -- JSON
     message           TEXT NOT NULL,
     response          TEXT NOT NULL,
     details           TEXT,          -- JSON of sources, suggestions and workings; NULL once the content is erased
     feedback_correct  INTEGER,
     feedback_comment  TEXT,
     feedback_at       INTEGER,
     feedback_document TEXT,
     PRIMARY KEY (session_id, seq)
   ) STRICT;
   INSERT INTO appended_turns SELECT * FROM turns;
   DROP TABLE turns; -- with its indexes and triggers
   ALTER TABLE appended_turns RENAME TO turns;
   CREATE UNIQUE INDEX turns_by_id ON turns (turn_id);
   CREATE INDEX turns_by_time ON turns (created_at);
   CREATE TRIGGER turn_judged AFTER UPDATE OF feedback_correct ON turns WHEN old.feedback_correct IS NOT new.feedback_correct BEGIN
     UPDATE judged_turns SET turns = turns - 1 WHERE correct = old.feedback_correct;
     UPDATE judged_turns SET turns = turns + 1 WHERE correct = new.feedback_correct;
   END;
   CREATE TRIGGER judged_turn_deleted AFTER DELETE ON turns WHEN old.feedback_correct IS NOT NULL BEGIN
     UPDATE judged_turns SET turns = turns - 1 WHERE correct = old.feedback_correct;
   END;`,

  // JSON of the names of what the passage's section lists.
  `ALTER TABLE passages ADD COLUMN listing TEXT;`,

  // The span of the first request, which the trace of a replay links to.
  `ALTER TABLE idempotency_keys ADD COLUMN span_id TEXT;`,

  // One row of random bytes, which a probe replaces while writes fail.
  `CREATE TABLE storage_probe (
     id      INTEGER PRIMARY KEY CHECK (id = 1),
     content BLOB NOT NULL
   ) STRICT;
   INSERT INTO storage_probe (id, content) VALUES (1, randomblob(32768));`,

  // One row for each erasure whose content may still be in the write-ahead log. AUTOINCREMENT never
  // reuses a number: several processes erase.
  `CREATE TABLE pending_erasures (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;`,

  // Sessions by id, and users by pseudonym, whose text may still be in files of the log.
  `CREATE TABLE log_erasures (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
   CREATE INDEX idempotency_keys_by_turn ON idempotency_keys (turn_id);`,

  // The application whose key opened the session.
  `ALTER TABLE sessions ADD COLUMN application TEXT;`,

  // Who opened a session, while it is open: an application, or the pseudonym of a network.
  // A reserved session was opened without a message: until it has a turn, it may make room.
  `ALTER TABLE sessions ADD COLUMN client TEXT;
   ALTER TABLE sessions ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
   UPDATE sessions SET reserved = 1 WHERE state = 'open' AND turn_count = 0;
   CREATE INDEX open_sessions_by_client ON sessions (client) WHERE state = 'open';
   CREATE INDEX empty_sessions_by_client ON sessions (client, created_at) WHERE state = 'open' AND reserved = 1 AND turn_count = 0;`,

  // Hash of a conversation in another system, such as a chat. Kept while the session is open.
  `ALTER TABLE sessions ADD COLUMN conversation TEXT;
   CREATE INDEX open_sessions_by_conversation ON sessions (conversation, created_at) WHERE state = 'open' AND conversation IS NOT NULL;`,

  `ALTER TABLE sessions DROP COLUMN verbose;`,
]
