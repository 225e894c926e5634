import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Timings } from '../../chat/turn.ts'
import type { StepHour } from '../../watch/analysis/performance/step-trends.ts'
import type { Period } from '../../watch/analysis/record.ts'

const HOUR_MS = 3_600_000
const STEPS = ['queue', 'session', 'parse', 'search', 'answer'] as const satisfies readonly (keyof Timings)[]

/** Reads how long the turns of each hour spent in each step. Stored turns have it, not the log. */
export function readTurnSteps(dataDir: string, { from, to }: Period): readonly StepHour[] {
  const path = join(dataDir, 'pellucid.sqlite')
  if (!existsSync(path)) return []
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const means = STEPS.map(step => `avg(timings ->> '$.${step}') AS ${step}`).join(', ')
    return db
      .prepare(
        `SELECT created_at / ${HOUR_MS} * ${HOUR_MS} AS at, count(*) AS turns, ${means} FROM turns
           WHERE created_at >= ? AND created_at < ? GROUP BY 1 ORDER BY 1`,
      )
      .all(from, to)
      .map(row => ({
        at: Number(row.at),
        turns: Number(row.turns),
        steps: Object.fromEntries(STEPS.map(step => [step, Number(row[step])])),
      }))
  } finally {
    db.close()
  }
}
