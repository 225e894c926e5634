import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { inTransaction } from '../../base/transaction.ts'
import { createMatcher } from './matching.ts'
import { createMetricWriter, type MetricWriter } from './metric-writer.ts'
import type { Matcher, Point, Series, SeriesReader } from './series.ts'
import { RESOLUTIONS } from './series-tables.ts'
import { readBlob } from './value-blob.ts'

/** The series that the values of a snapshot are of. */
export type Layout = readonly { readonly name: string; readonly kind: 'counter' | 'gauge'; readonly labels: Series['labels'] }[]

/** By how much the clock may go back without an effect. */
const MAX_STEP_BACK_MS = 300_000

/** Values of one metric in a snapshot. */
interface Group {
  readonly writer: MetricWriter
  readonly positions: readonly number[]
  readonly indexes: readonly number[]
}

export interface SeriesStore extends SeriesReader {
  /**
   * Stores the values of a snapshot. `layout` is needed if it differs from that of the last call.
   * A time that is not later than the last one is ignored. If the clock was set back by more than
   * five minutes, what was stored after its new time is deleted.
   */
  append(at: number, values: ArrayLike<number>, layout?: Layout): void
  /** Stores values of one gauge. */
  appendGauge(name: string, values: readonly { readonly labels: Series['labels']; readonly value: number }[], at: number): void
}

/**
 * Opens the series of a database. `process` identifies the running server: counters of another
 * process begin at 0 again, and are stored as a continuation.
 */
export function createSeriesStore(db: DatabaseSync, process: string): SeriesStore {
  const writers = new Map<string, MetricWriter>()
  const writerOf = (name: string, kind: 'counter' | 'gauge') => {
    const writer = writers.get(name) ?? createMetricWriter(db, name, kind, process)
    writers.set(name, writer)
    return writer
  }
  let layout: Layout = []
  /** How the values of a snapshot are stored; undefined if it must be found out anew. */
  let groups: readonly Group[] | undefined
  let lastAt = Number(db.prepare('SELECT max(t) AS t FROM points WHERE resolution_s = ?').get(RESOLUTIONS[0].seconds)?.t ?? 0)

  function arrange(): readonly Group[] {
    const byName = Map.groupBy(layout.keys(), index => layout[index]?.name ?? '')
    return [...byName].map(([name, indexes]) => {
      const writer = writerOf(name, layout[indexes[0] ?? 0]?.kind ?? 'gauge')
      return { writer, indexes, positions: indexes.map(index => writer.positionOf(layout[index]?.labels ?? {})) }
    })
  }

  function store(run: () => void): void {
    try {
      inTransaction(db, run)
    } catch (error) {
      // What the writers know may not be stored.
      writers.clear()
      groups = undefined
      throw error
    }
  }

  return {
    append(at, values, changed) {
      if (changed !== undefined) {
        layout = changed
        groups = undefined
      }
      store(() => {
        if (lastAt - at > MAX_STEP_BACK_MS) {
          db.prepare('DELETE FROM points WHERE t > ?').run(at)
          lastAt = at - 1
        }
        groups ??= arrange()
        if (at <= lastAt) return
        for (const { writer, positions, indexes } of groups)
          writer.write(
            at,
            positions,
            indexes.map(index => values[index] ?? Number.NaN),
          )
        lastAt = at
      })
    },
    appendGauge(name, values, at) {
      if (values.length === 0) return
      store(() => {
        const writer = writerOf(name, 'gauge')
        writer.write(
          at,
          values.map(({ labels }) => writer.positionOf(labels)),
          values.map(({ value }) => value),
        )
      })
    },
    read: (name, matchers, fromMs, toMs) => readSeries(db, name, matchers, fromMs, toMs),
  }
}

/** Reads series from the database of another process. */
export function createSeriesReader(db: DatabaseSync): SeriesReader {
  return { read: (name, matchers, fromMs, toMs) => readSeries(db, name, matchers, fromMs, toMs) }
}

function readSeries(
  db: DatabaseSync,
  name: string,
  matchers: readonly Matcher[],
  fromMs: number,
  toMs: number,
): readonly Series[] {
  const metric = db.prepare('SELECT id FROM metrics WHERE name = ?').get(name)?.id
  if (metric === undefined) return []
  const matches = createMatcher(matchers)
  const found = db
    .prepare('SELECT position, labels FROM series WHERE metric = ? ORDER BY position')
    .all(Number(metric))
    .map(({ position, labels }) => ({ position: Number(position), labels: JSON.parse(String(labels)) as Series['labels'] }))
    .filter(({ labels }) => matches(labels))
  const points = found.map((): Point[] => [])
  for (const { t, v, low, high } of rowsBetween(db, Number(metric), fromMs, toMs)) {
    for (const [i, { position }] of found.entries()) {
      const value = v[position]
      if (value === undefined || Number.isNaN(value)) continue
      const [min, max] = [low?.[position], high?.[position]]
      points[i]?.push({ t, v: value, ...(min !== undefined && max !== undefined && { min, max }) })
    }
  }
  return found.flatMap(({ labels }, i) => (points[i]?.length ? { labels, points: points[i] } : []))
}

interface Row {
  readonly t: number
  readonly v: Float64Array
  readonly low: Float64Array | undefined
  readonly high: Float64Array | undefined
}

/**
 * The rows of the finest resolution that reaches back to the beginning of the window, or as far as
 * any does, followed by the finer rows that are not downsampled yet.
 */
function rowsBetween(db: DatabaseSync, metric: number, fromMs: number, toMs: number): readonly Row[] {
  const first = db.prepare('SELECT min(t) AS t FROM points WHERE resolution_s = ? AND metric = ?')
  const select = db.prepare(
    'SELECT t, v, low, high FROM points WHERE resolution_s = ? AND metric = ? AND t > ? AND t <= ? ORDER BY t',
  )
  const reaches = RESOLUTIONS.map(({ seconds }) => {
    const oldest = first.get(seconds, metric)?.t
    return { seconds, oldest: typeof oldest === 'number' ? oldest : Number.POSITIVE_INFINITY }
  })
  const beginning = Math.max(fromMs, Math.min(...reaches.map(({ oldest }) => oldest)))
  // A coarse row is of the end of its time.
  const chosen = reaches.findIndex(({ seconds, oldest }, i) => oldest <= beginning + (i === 0 ? 0 : seconds * 1000))
  const rows: Row[] = []
  for (const { seconds } of RESOLUTIONS.slice(0, chosen + 1).toReversed())
    rows.push(...select.all(seconds, metric, rows.at(-1)?.t ?? fromMs, toMs).map(toRow))
  return rows
}

function toRow({ t, v, low, high }: Readonly<Record<string, SQLOutputValue>>): Row {
  return {
    t: Number(t),
    v: readBlob(v),
    low: low === null ? undefined : readBlob(low),
    high: high === null ? undefined : readBlob(high),
  }
}
