import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TSchema } from '../../base/json-schema.ts'
import type { Config } from '../../config.ts'
import { ChatError } from '../../errors.ts'
import { POLICY_FILE, type RecordedPolicy, readRecordedPolicy } from '../../logging/retention/recorded-policy.ts'
import { type RetentionPolicy, retentionPolicy } from '../../logging/retention/retention-policy.ts'
import { SETTINGS } from '../../settings.ts'

const { LOG_COMPRESS_AFTER_DAYS, LOG_STREAM_BUDGET_MB, LOG_TIMEZONE } = SETTINGS.properties

/**
 * Chooses the policy for `pellucid logs prune`: the one that the server recorded in LOG_DIR. The
 * environment of a shell may differ from the server's, so it decides only where no policy is
 * recorded and it sets every retention period. Where LOG_DIR does not exist there is nothing to
 * delete, and the environment's policy is returned.
 *
 * @param warn Receives one line for each setting that differs from the recorded policy and is
 * ignored.
 * @throws {ChatError} CONFIGURATION_INVALID if no policy is recorded and a period is not set, or
 * the record cannot be read.
 */
export function choosePrunePolicy(config: Config, warn: (line: string) => void): RecordedPolicy {
  const recorded = readRecordedPolicy(config.logDir)
  if (recorded === undefined) return policyOfEnvironment(config)
  for (const [name, value] of Object.entries(explicitSettings(config))) {
    const used = settingsOf(recorded)[name]
    if (value !== undefined && value !== used) {
      warn(
        `${name}=${value} is ignored: the server recorded ${used} in ${join(config.logDir, POLICY_FILE)}. Restart the server with ${name}=${value} to change it.\n`,
      )
    }
  }
  return recorded
}

function policyOfEnvironment(config: Config): RecordedPolicy {
  const missing = Object.entries(periodsOf(config)).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (missing.length > 0 && existsSync(config.logDir)) {
    throw new ChatError('CONFIGURATION_INVALID', {
      message: `No retention policy is recorded in ${config.logDir} (${POLICY_FILE}), so nothing was compressed or deleted. Start the server once with this LOG_DIR, which records its policy, or set every retention period for this command. Not set: ${missing.join(', ')}.`,
    })
  }
  return { policy: retentionPolicy(config), timeZone: config.logTimezone }
}

function periodsOf(config: Config): Readonly<Record<string, number | undefined>> {
  return {
    LOG_RETENTION_DAYS_DEBUG: config.logRetentionDaysDebug,
    LOG_RETENTION_DAYS_INFO: config.logRetentionDaysInfo,
    LOG_RETENTION_DAYS_WARNING: config.logRetentionDaysWarning,
    LOG_RETENTION_DAYS_ERROR: config.logRetentionDaysError,
    LOG_RETENTION_DAYS_AUDIT: config.logRetentionDaysAudit,
  }
}

/** The settings that the environment changes from their defaults; the others are undefined. */
function explicitSettings(config: Config): Readonly<Record<string, number | string | undefined>> {
  const changed = <Value>(value: Value, schema: TSchema) => (Object.is(value, Reflect.get(schema, 'default')) ? undefined : value)
  return {
    ...periodsOf(config),
    LOG_COMPRESS_AFTER_DAYS: changed(config.logCompressAfterDays, LOG_COMPRESS_AFTER_DAYS),
    LOG_STREAM_BUDGET_MB: changed(config.logStreamBudgetMb, LOG_STREAM_BUDGET_MB),
    LOG_TIMEZONE: changed(config.logTimezone, LOG_TIMEZONE),
  }
}

function settingsOf({ policy, timeZone }: RecordedPolicy): Readonly<Record<string, number | string>> {
  const { keepDays, compressAfterDays, budgetBytes }: RetentionPolicy = policy
  return {
    LOG_RETENTION_DAYS_DEBUG: keepDays.debug,
    LOG_RETENTION_DAYS_INFO: keepDays.info,
    LOG_RETENTION_DAYS_WARNING: keepDays.warning,
    LOG_RETENTION_DAYS_ERROR: keepDays.error,
    LOG_RETENTION_DAYS_AUDIT: keepDays.audit,
    LOG_COMPRESS_AFTER_DAYS: compressAfterDays,
    LOG_STREAM_BUDGET_MB: budgetBytes / 1024 / 1024,
    LOG_TIMEZONE: timeZone,
  }
}
