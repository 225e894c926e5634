import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../database-manager.ts'
import type { TurnPlace } from './privacy-writes.ts'

export interface TurnRetentionOptions {
  readonly database: Pick<Database, 'get' | 'write' | 'erased'>
  /** Age in days at which the text of a turn is erased; undefined keeps it. */
  readonly textDays: number | undefined
  /** Age in days at which all of a turn is deleted; undefined keeps it. */
  readonly factDays: number | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** When this process started. Turns since then say nothing about its clock. */
  readonly startedAt: number
  /** Time of the last run, in milliseconds since 1970. */
  readonly lastRun: number | undefined
  /** Whether so much time may have passed since an earlier time. */
  readonly isPlausible: (now: number, earlier: number) => boolean
  /** Believes the clock, whatever it says. */
  readonly confirmed?: boolean
  /** Counts what would be done, and changes nothing. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
}

/** What a run did, or in a dry run would do. */
export interface TurnRetentionReport {
  /** Turns whose text was erased. */
  readonly texts: number
  /** Turns that were deleted. */
  readonly turns: number
  /** Turns are due by a clock in doubt, and were kept: the last time known before. */
  readonly heldOffSince: number | undefined
  /** The time to record for the run; undefined if it stays. */
  readonly ranAt: number | undefined
}

const DAY_MS = 86_400_000
const BATCH = 32
/** Between two batches the writer is free for this long, and for four times as long as a batch. */
const MIN_PAUSE_MS = 10

/**
 * Erases the text of old turns and deletes older ones, in batches between which other writes run.
 * A clock that jumped deletes nothing: if it is more than four days after the last run, or without
 * one after the newest turn, the turns are held off until a run is `confirmed`.
 */
export async function runTurnRetention(options: TurnRetentionOptions): Promise<TurnRetentionReport> {
  const { database, textDays, factDays, now, startedAt, lastRun, isPlausible, confirmed = false, dryRun, signal } = options
  const at = now()
  const before = (days: number | undefined) => (days === undefined ? 0 : at - days * DAY_MS)
  const limits = { textBefore: before(textDays), factsBefore: before(factDays) }
  const isDue = database.get`SELECT 1 FROM turns WHERE created_at < ${Math.max(limits.textBefore, limits.factsBefore)} LIMIT 1`
  const newest = database.get<{ at: number | null }>`SELECT max(created_at) AS at FROM turns WHERE created_at < ${startedAt}`
  const knownMs = lastRun ?? newest?.at ?? undefined
  if (isDue !== undefined && !confirmed && knownMs !== undefined && !isPlausible(at, knownMs))
    // Recorded even so: the turns that this process stores have the time of its clock.
    return { texts: 0, turns: 0, heldOffSince: knownMs, ranAt: lastRun === undefined ? knownMs : undefined }
  const done = dryRun ? count() : await prune()
  const ranAt = confirmed ? at : Math.max(at, lastRun ?? at)
  return { ...done, heldOffSince: undefined, ranAt: dryRun || ranAt === lastRun ? undefined : ranAt }

  function count() {
    const { textBefore, factsBefore } = limits
    return database.get<{ texts: number; turns: number }>`
      SELECT count(CASE WHEN created_at >= ${factsBefore} THEN details END) AS texts,
             count(CASE WHEN created_at < ${factsBefore} THEN 1 END) AS turns
      FROM turns WHERE created_at < ${Math.max(textBefore, factsBefore)}`!
  }

  async function prune() {
    const done = { texts: 0, turns: 0 }
    let after: TurnPlace | undefined = { createdAt: 0, row: 0 }
    while (after !== undefined && !signal?.aborted) {
      const startedAt = performance.now()
      const batch: { texts: number; turns: number; last: TurnPlace | undefined } = await database.write('pruneTurns', {
        ...limits,
        after,
        limit: BATCH,
      })
      done.texts += batch.texts
      done.turns += batch.turns
      after = batch.last
      await delay(Math.max(MIN_PAUSE_MS, 4 * (performance.now() - startedAt)), undefined, { signal }).catch(() => undefined)
    }
    if (done.texts + done.turns > 0) await database.erased()
    return done
  }
}
