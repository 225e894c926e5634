import type { Config } from '../../config.ts'
import { runTurnRetention } from '../../database/privacy/turn-retention.ts'
import { ChatError } from '../../errors.ts'
import { isPlausible, LAST_TURN_RUN_FILE, readLastRun, recordLastRun } from '../../logging/retention/last-run.ts'
import { auditCommand } from '../command-record.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

export interface PruneOptions {
  readonly dryRun: boolean
  readonly yes: boolean
}

/**
 * Runs `pellucid privacy prune`. Resolves to the exit code: 1 if turns were held off because the
 * clock may have jumped.
 * @throws {ChatError} CONFIGURATION_INVALID if no retention period is set.
 */
export async function runPrivacyPrune(
  { dryRun, yes }: PruneOptions,
  { turnRetentionDays: textDays, factRetentionDays: factDays }: Pick<Config, 'turnRetentionDays' | 'factRetentionDays'>,
  deps: PrivacyDeps,
): Promise<number> {
  const { database, config, stdout, stderr, now } = deps
  if (textDays === undefined && factDays === undefined)
    throw new ChatError('CONFIGURATION_INVALID', { message: 'Set TURN_RETENTION_DAYS or FACT_RETENTION_DAYS, as for the server' })
  const report = await runTurnRetention({
    database,
    textDays,
    factDays,
    now,
    startedAt: performance.timeOrigin,
    lastRun: readLastRun(config.dataDir, LAST_TURN_RUN_FILE),
    isPlausible,
    confirmed: yes,
    dryRun,
  })
  const { texts, turns, heldOffSince, ranAt } = report
  if (ranAt !== undefined && !dryRun) recordLastRun(config.dataDir, ranAt, LAST_TURN_RUN_FILE)
  if (texts + turns > 0 && !dryRun) auditCommand('turns_pruned', { texts, turns }, deps)
  if (heldOffSince !== undefined) {
    const known = new Date(heldOffSince).toISOString()
    stderr.write(`Turns were kept: the last time known is ${known}. If the clock is right, run pellucid privacy prune --yes.\n`)
  }
  stdout.write(`${dryRun ? 'would be ' : ''}erased: the text of ${texts} turns, deleted: ${turns} turns\n`)
  return heldOffSince === undefined ? 0 : 1
}
