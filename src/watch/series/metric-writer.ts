import type { DatabaseSync } from 'node:sqlite'
import { RESOLUTIONS } from './series-tables.ts'
import { readBlob, toBlob } from './value-blob.ts'

type Labels = Readonly<Record<string, string>>

export interface MetricWriter {
  /** The position of a series in the values of the metric; a new one for new labels. */
  positionOf(labels: Labels): number
  /** Stores values, by position. Others have none at this time. */
  write(at: number, positions: readonly number[], values: readonly number[]): void
}

/**
 * Creates the writer of one metric. Counters are stored as if they had never been reset: what
 * earlier processes counted is added. So every later reader may subtract any two values.
 */
export function createMetricWriter(db: DatabaseSync, name: string, kind: 'counter' | 'gauge', process: string): MetricWriter {
  db.prepare('INSERT INTO metrics (name, kind) VALUES (?, ?) ON CONFLICT (name) DO NOTHING').run(name, kind)
  const known = db.prepare('SELECT id, process, offsets FROM metrics WHERE name = ?').get(name) ?? {}
  const id = Number(known.id)
  const positions = new Map(
    db
      .prepare('SELECT labels, position FROM series WHERE metric = ?')
      .all(id)
      .map(({ labels, position }) => [String(labels), Number(position)]),
  )
  const add = db.prepare('INSERT INTO series (metric, position, labels) VALUES (?, ?, ?)')
  const insert = db.prepare('INSERT OR REPLACE INTO points (resolution_s, metric, t, v) VALUES (?, ?, ?, ?)')
  const keepOffsets = db.prepare('UPDATE metrics SET process = ?, offsets = ? WHERE id = ?')
  const offsets = known.process === process ? [...readBlob(known.offsets)] : lastValues(db, id)
  const last: number[] = []
  let isKept = known.process === process

  return {
    positionOf(labels) {
      const text = JSON.stringify(labels)
      const position = positions.get(text) ?? positions.size
      if (position === positions.size) {
        add.run(id, position, text)
        positions.set(text, position)
      }
      return position
    },
    write(at, places, values) {
      const row = new Array<number>(positions.size).fill(Number.NaN)
      for (const [i, place] of places.entries()) {
        const value = values[i] ?? Number.NaN
        if (kind === 'counter' && value < (last[place] ?? 0)) {
          offsets[place] = (offsets[place] ?? 0) + (last[place] ?? 0)
          isKept = false
        }
        last[place] = value
        row[place] = kind === 'counter' ? value + (offsets[place] || 0) : value
      }
      if (kind === 'counter' && !isKept) {
        keepOffsets.run(process, toBlob(Array.from(row, (_, i) => offsets[i] ?? 0)), id)
        isKept = true
      }
      insert.run(RESOLUTIONS[0].seconds, id, at, toBlob(row))
    },
  }
}

/** The last stored value of each series; 0 for those without one. */
function lastValues(db: DatabaseSync, metric: number): number[] {
  const last: number[] = []
  for (const { seconds } of RESOLUTIONS) {
    const row = db
      .prepare('SELECT v FROM points WHERE resolution_s = ? AND metric = ? ORDER BY t DESC LIMIT 1')
      .get(seconds, metric)
    for (const [i, value] of readBlob(row?.v).entries())
      if (!(value <= (last[i] ?? 0))) last[i] = Number.isNaN(value) ? (last[i] ?? 0) : value
  }
  return Array.from(last, value => value ?? 0)
}
