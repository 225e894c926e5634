import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../../base/transaction.ts'
import { keepReserve } from './disk-reserve.ts'
import { RESOLUTIONS } from './series-tables.ts'
import { readBlob, toBlob } from './value-blob.ts'

export interface Retention {
  /** Milliseconds for which the coarsest points are kept. */
  readonly keptMs: number
  readonly maxBytes: number
}

/** Share of the oldest rows that is deleted at a time where the file is too large. */
const EXCESS_SHARE = 0.25

/**
 * Makes coarser points of those that are complete, deletes old ones, and keeps the file within its
 * limit: the oldest of the finest resolution go first. Takes milliseconds if called every minute.
 */
export function maintainSeries(db: DatabaseSync, { keptMs, maxBytes }: Retention, now: number): void {
  const metrics = db.prepare('SELECT id, kind FROM metrics').all()
  inTransaction(db, () => {
    for (const { id, kind } of metrics)
      for (const [i, { seconds }] of RESOLUTIONS.entries()) {
        const finer = RESOLUTIONS[i - 1]
        if (finer !== undefined) downsample(db, { metric: Number(id), kind: String(kind), from: finer.seconds, to: seconds, now })
      }
    for (const { seconds, keptMs: usual } of RESOLUTIONS) prune(db, metrics, seconds, now - Math.min(usual, keptMs))
    for (const { seconds } of RESOLUTIONS) if (sizeOf(db) > maxBytes) pruneShare(db, metrics, seconds)
  })
  keepReserve(db)
}

/** Size of the database in bytes, without pages that can be given back. */
export function sizeOf(db: DatabaseSync): number {
  const value = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
  return (value('page_count') - value('freelist_count')) * value('page_size')
}

interface Step {
  readonly metric: number
  readonly kind: string
  /** Resolutions in seconds. */
  readonly from: number
  readonly to: number
  readonly now: number
}

function downsample(db: DatabaseSync, { metric, kind, from, to, now }: Step): void {
  const lengthMs = to * 1000
  const done = Number(
    db.prepare('SELECT coalesce(max(t), 0) AS t FROM points WHERE resolution_s = ? AND metric = ?').get(to, metric)?.t,
  )
  const rows = db
    .prepare('SELECT t, v, low, high FROM points WHERE resolution_s = ? AND metric = ? AND t > ? AND t < ? ORDER BY t')
    .all(from, metric, done, Math.floor(now / lengthMs) * lengthMs)
  const insert = db.prepare('INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?, ?)')
  for (const group of Map.groupBy(rows, ({ t }) => Math.floor(Number(t) / lengthMs)).values()) {
    const t = Number(group.at(-1)?.t)
    const values = group.map(({ v }) => readBlob(v))
    if (kind === 'counter') {
      insert.run(to, metric, t, toBlob(join(values, known => known.at(-1) ?? Number.NaN)), null, null)
      continue
    }
    const lows = group.map(({ low, v }) => readBlob(low ?? v))
    const highs = group.map(({ high, v }) => readBlob(high ?? v))
    insert.run(
      to,
      metric,
      t,
      toBlob(join(values, mean)),
      toBlob(join(lows, known => Math.min(...known))),
      toBlob(join(highs, known => Math.max(...known))),
    )
  }
}

/** Joins the values of each series that are not missing. */
function join(rows: readonly Float64Array[], one: (known: readonly number[]) => number): number[] {
  const width = Math.max(...rows.map(({ length }) => length))
  return Array.from({ length: width }, (_, i) => {
    const known = rows.map(row => row[i] ?? Number.NaN).filter(value => !Number.isNaN(value))
    return known.length === 0 ? Number.NaN : one(known)
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

type Metrics = readonly Readonly<Record<string, unknown>>[]

function prune(db: DatabaseSync, metrics: Metrics, seconds: number, before: number): void {
  const remove = db.prepare('DELETE FROM points WHERE resolution_s = ? AND metric = ? AND t < ?')
  for (const { id } of metrics) remove.run(seconds, Number(id), before)
}

function pruneShare(db: DatabaseSync, metrics: Metrics, seconds: number): void {
  const { first, last } =
    db.prepare('SELECT min(t) AS first, max(t) AS last FROM points WHERE resolution_s = ?').get(seconds) ?? {}
  if (typeof first === 'number' && typeof last === 'number') prune(db, metrics, seconds, first + (last - first) * EXCESS_SHARE)
}
