import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../../base/transaction.ts'
import { type Alert, type AlertLabels, labelsText, type Silence, type Transition, type TransitionKind } from './alert.ts'

/** Tables of the alerts, for the list of migrations of the monitoring database. */
export const ALERT_TABLES = `
  CREATE TABLE alerts (
    rule        TEXT NOT NULL,
    labels      TEXT NOT NULL, -- JSON
    phase       TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    fired_at    INTEGER,
    held_at     INTEGER NOT NULL,
    value       REAL NOT NULL,
    condition   INTEGER NOT NULL,
    notified_at INTEGER,
    PRIMARY KEY (rule, labels)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE transitions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    rule        TEXT NOT NULL,
    labels      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    severity    TEXT,
    value       REAL,
    duration_ms INTEGER,
    detail      TEXT
  ) STRICT;
  CREATE INDEX transitions_by_time ON transitions (at);
  CREATE INDEX transitions_by_rule ON transitions (rule, at);
  CREATE TABLE silences (
    id         TEXT PRIMARY KEY,
    rule       TEXT NOT NULL,
    from_time  INTEGER NOT NULL,
    until_time INTEGER NOT NULL,
    by         TEXT NOT NULL,
    reason     TEXT NOT NULL
  ) STRICT;`

export interface HistoryQuery {
  readonly rule?: string
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly until?: number
  readonly kinds?: readonly TransitionKind[]
  readonly limit: number
}

/** Of a rule in a period. */
export interface RuleRecord {
  readonly rule: string
  readonly fired: number
  readonly resolved: number
  /** Mean milliseconds from firing to resolved; undefined if none was resolved. */
  readonly meanTimeToResolveMs: number | undefined
}

export type AlertStore = ReturnType<typeof createAlertStore>

/** Alerts, their history and silences, in the monitoring database. */
export function createAlertStore(db: DatabaseSync) {
  const list = db.prepare('SELECT * FROM alerts ORDER BY rule, labels')
  const put = db.prepare('INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const add = db.prepare(
    'INSERT INTO transitions (at, rule, labels, kind, severity, value, duration_ms, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const record = (transition: Transition) => {
    const { at, rule, labels, kind, severity, value, durationMs, detail } = transition
    add.run(at, rule, labelsText(labels), kind, severity ?? null, value ?? null, durationMs ?? null, detail ?? null)
  }

  return {
    list: (): readonly Alert[] => list.all().map(toAlert),

    /** Replaces all alerts and adds transitions, in one transaction. */
    save(alerts: readonly Alert[], transitions: readonly Transition[]): void {
      inTransaction(db, () => {
        db.exec('DELETE FROM alerts')
        for (const { rule, labels, phase, startedAt, firedAt, heldAt, value, condition, notifiedAt } of alerts)
          put.run(rule, labelsText(labels), phase, startedAt, firedAt ?? null, heldAt, value, condition, notifiedAt ?? null)
        for (const transition of transitions) record(transition)
      })
    },

    record,

    /** Newest first. */
    history({ rule, since, until, kinds, limit }: HistoryQuery): readonly Transition[] {
      return db
        .prepare(
          `SELECT * FROM transitions WHERE at >= ? AND at <= ? AND (? IS NULL OR rule = ?)
             AND (? IS NULL OR kind IN (SELECT value FROM json_each(?))) ORDER BY id DESC LIMIT ?`,
        )
        .all(
          since ?? 0,
          until ?? Number.MAX_SAFE_INTEGER,
          rule ?? null,
          rule ?? null,
          kinds === undefined ? null : 1,
          JSON.stringify(kinds ?? []),
          limit,
        )
        .map(toTransition)
    },

    /** How often each rule fired in a period, and how long it took to resolve. */
    summarize: (since: number, until: number): readonly RuleRecord[] =>
      db
        .prepare(
          `SELECT rule, sum(kind = 'firing') AS fired, sum(kind = 'resolved') AS resolved, avg(duration_ms) AS mean
             FROM transitions WHERE at >= ? AND at <= ? AND kind IN ('firing', 'resolved') GROUP BY rule ORDER BY rule`,
        )
        .all(since, until)
        .map(({ rule, fired, resolved, mean }) => ({
          rule: String(rule),
          fired: Number(fired),
          resolved: Number(resolved),
          meanTimeToResolveMs: mean === null ? undefined : Number(mean),
        })),

    silences: (now: number): readonly Silence[] =>
      db.prepare('SELECT * FROM silences WHERE until_time > ? ORDER BY until_time').all(now).map(toSilence),

    addSilence({ id, rule, from, until, by, reason }: Silence): void {
      db.prepare('INSERT INTO silences VALUES (?, ?, ?, ?, ?, ?)').run(id, rule, from, until, by, reason)
    },

    /** Returns false if no silence has this id. */
    endSilence: (id: string, now: number): boolean =>
      Number(db.prepare('UPDATE silences SET until_time = ? WHERE id = ? AND until_time > ?').run(now, id, now).changes) > 0,

    /** Deletes what is older than a time. */
    prune(before: number): void {
      db.prepare('DELETE FROM transitions WHERE at < ?').run(before)
      db.prepare('DELETE FROM silences WHERE until_time < ?').run(before)
    },
  }
}

type Row = Readonly<Record<string, unknown>>

const optional = (value: unknown) => (value === null ? undefined : Number(value))

function toAlert(row: Row): Alert {
  return {
    rule: String(row.rule),
    labels: JSON.parse(String(row.labels)) as AlertLabels,
    phase: row.phase === 'firing' ? 'firing' : 'pending',
    startedAt: Number(row.started_at),
    heldAt: Number(row.held_at),
    value: Number(row.value),
    condition: Number(row.condition),
    ...(row.fired_at !== null && { firedAt: Number(row.fired_at) }),
    ...(row.notified_at !== null && { notifiedAt: Number(row.notified_at) }),
  }
}

function toTransition(row: Row): Transition {
  const value = optional(row.value)
  const durationMs = optional(row.duration_ms)
  return {
    at: Number(row.at),
    rule: String(row.rule),
    labels: JSON.parse(String(row.labels)) as AlertLabels,
    kind: row.kind as TransitionKind,
    ...(row.severity !== null && { severity: row.severity as Transition['severity'] & string }),
    ...(value !== undefined && { value }),
    ...(durationMs !== undefined && { durationMs }),
    ...(row.detail !== null && { detail: String(row.detail) }),
  }
}

function toSilence(row: Row): Silence {
  return {
    id: String(row.id),
    rule: String(row.rule),
    from: Number(row.from_time),
    until: Number(row.until_time),
    by: String(row.by),
    reason: String(row.reason),
  }
}
