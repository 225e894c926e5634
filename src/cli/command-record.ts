import type { AuditEvent, AuditFacts } from '../audit/audit-events.ts'
import { refuseForeignTrail } from '../audit/audit-identity.ts'
import type { AuditHead } from '../audit/audit-state.ts'
import { openAuditTrail } from '../audit/audit-trail.ts'
import type { Config } from '../config.ts'
import { ChatError, messageOf } from '../errors.ts'
import { createRedactor } from '../logging/redaction/redactor.ts'
import { dayOf } from '../logging/retention/log-day.ts'
import { readRecordedPolicy } from '../logging/retention/recorded-policy.ts'

export interface CommandRecordDeps {
  readonly config: Pick<Config, 'dataDir' | 'logDir' | 'logTimezone'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** User id of the system that runs the command; undefined on systems without one. */
  readonly uid: number | undefined
}

/**
 * Records a command in the audit trail, also while a server runs. Starts a trail if necessary.
 * If the trail cannot be written, or is damaged, prints that on stderr; the command continues.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if LOG_DIR and DATA_DIR belong to different trails. The
 *   command must stop: otherwise a wrong DATA_DIR would let it act unrecorded.
 */
export function auditCommand<Event extends AuditEvent>(event: Event, facts: AuditFacts<Event>, deps: CommandRecordDeps): void {
  try {
    appendCommand(event, facts, deps)
  } catch (error) {
    if (error instanceof ChatError && error.code === 'AUDIT_TRAIL_MISMATCH') throw error
    deps.stderr.write(`${describeFailure(error)}\n`)
  }
}

/**
 * Records a command that only reads. It creates nothing: if there is no trail, it is not recorded.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH as above.
 */
export function auditReading<Event extends AuditEvent>(event: Event, facts: AuditFacts<Event>, deps: CommandRecordDeps): void {
  if (refuseForeignTrail(deps.config)) auditCommand(event, facts, deps)
  else deps.stderr.write(`${describeMissingTrail(deps.config)}: this command is not recorded\n`)
}

/** Records a command that must not happen without its record. Throws its errors. */
export function appendCommand<Event extends AuditEvent>(
  event: Event,
  facts: AuditFacts<Event>,
  deps: CommandRecordDeps,
): AuditHead {
  return appendRecord(event, facts, `command:${deps.uid ?? 'unknown'}`, deps)
}

/**
 * Opens the trail, appends one record and closes the trail. Rethrows its errors.
 */
export function appendRecord<Event extends AuditEvent>(
  event: Event,
  facts: AuditFacts<Event>,
  actor: string,
  { config, stderr, now }: Omit<CommandRecordDeps, 'uid'>,
): AuditHead {
  const { dataDir, logDir, logTimezone } = config
  const trail = openAuditTrail({
    dataDir,
    logDir,
    writer: 'command',
    now,
    redact: createRedactor().text,
    dayOf: ms => dayOf(ms, readRecordedPolicy(logDir)?.timeZone ?? logTimezone),
    onFinding: ({ problem }) => stderr.write(`The audit trail was recovered after a crash: ${problem}\n`),
  })
  try {
    return trail.append({ event, actor, facts, time: now() })
  } finally {
    trail.close()
  }
}

/** The message on stderr for a command whose record could not be written. */
export function describeFailure(error: unknown): string {
  const isDamaged = error instanceof ChatError && error.code === 'AUDIT_UNAVAILABLE'
  return isDamaged
    ? `${error.message}. This command is not recorded. Run pellucid audit verify`
    : `This command is not recorded: the audit trail cannot be written: ${messageOf(error)}`
}

/** The message on stderr for a LOG_DIR without a trail. */
export function describeMissingTrail({ logDir }: CommandRecordDeps['config']): string {
  return `No audit trail in LOG_DIR "${logDir}"`
}
