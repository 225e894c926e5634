import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AUDIT_EVENTS, type AuditEvent } from '../audit/audit-events.ts'
import { readAuditLines } from '../audit/audit-files.ts'
import { readKnownTrail, refuseForeignTrail } from '../audit/audit-identity.ts'
import { type AuditLink, type AuditRecord, parseAuditRecord } from '../audit/audit-record.ts'
import { verifyAuditTrail } from '../audit/audit-verification.ts'
import { ChatError, errnoOf } from '../errors.ts'
import { renderFields, renderText } from '../logging/record/text-format.ts'
import { appendCommand, auditCommand, type CommandRecordDeps, describeFailure, describeMissingTrail } from './command-record.ts'

/** Dependencies of the audit commands. */
export interface AuditCommandDeps extends CommandRecordDeps {
  readonly stdout: NodeJS.WritableStream
}

/** Which records `pellucid audit show` prints. */
export interface ShowOptions {
  readonly since?: Date
  readonly until?: Date
  readonly event?: string
  readonly json: boolean
}

/**
 * Runs `pellucid audit verify`. Resolves to the exit code: 1 if the trail is damaged, missing or
 * unreadable.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if LOG_DIR and DATA_DIR belong to different trails.
 */
export async function runAuditVerify({ json }: { readonly json: boolean }, deps: AuditCommandDeps): Promise<number> {
  const { config, stdout, stderr } = deps
  if (!refuseForeignTrail(config)) {
    stderr.write(`${describeMissingTrail(config)}\n`)
    return 1
  }
  const end = findEnd(deps)
  if (end === undefined) return 1
  const { seq, hash } = end.head
  const found = await verifyAuditTrail(join(config.logDir, 'audit'), { seq, hash }, { mayGrow: !end.damaged })
  const { problem, records, first, last } = found
  const text =
    problem === undefined
      ? `OK: ${records} records from ${first} to ${last}; the last is ${seq}, its hash ${hash}`
      : `BROKEN: ${problem.file}:${problem.line}: record ${problem.seq} ${problem.kind}: ${problem.explanation}`
  stdout.write(`${json ? JSON.stringify({ ok: problem === undefined, ...found }) : text}\n`)
  return problem === undefined ? 0 : 1
}

/**
 * Runs `pellucid audit show`: prints one line for each record, oldest first, and reports invalid
 * lines on stderr. Resolves to the exit code: 1 if there is no trail.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if LOG_DIR and DATA_DIR belong to different trails.
 */
export async function runAuditShow({ since, until, event, json }: ShowOptions, deps: AuditCommandDeps): Promise<number> {
  if (!refuseForeignTrail(deps.config)) {
    deps.stderr.write(`${describeMissingTrail(deps.config)}\n`)
    return 1
  }
  const range = { since: since?.toISOString(), until: until?.toISOString() }
  auditCommand('audit_read', { command: 'show', ...range, of_event: event }, deps)

  async function* select() {
    for await (const { file, line, text } of readAuditLines(join(deps.config.logDir, 'audit'))) {
      const record = parseAuditRecord(text)
      if (record === undefined) deps.stderr.write(`${file}:${line}: not a valid record\n`)
      else if (event !== undefined && record.event !== event) continue
      else if (record.time >= (range.since ?? '') && record.time <= (range.until ?? '~'))
        yield `${json ? text : render(record)}\n`
    }
  }
  // A reader such as `head` closes the pipe early.
  await pipeline(Readable.from(select()), deps.stdout, { end: false }).catch(error => {
    if (errnoOf(error) !== 'EPIPE') throw error
  })
  return 0
}

/**
 * Records the verification and returns its record, up to which the trail is verified. Writes
 * nothing to a damaged trail, and returns its head.
 */
function findEnd(deps: AuditCommandDeps): { readonly head: AuditLink; readonly damaged: boolean } | undefined {
  try {
    const head = appendCommand('audit_read', { command: 'verify' }, deps)
    return { head, damaged: false }
  } catch (error) {
    if (error instanceof ChatError && error.code === 'AUDIT_TRAIL_MISMATCH') throw error
    deps.stderr.write(`${describeFailure(error)}\n`)
    const head = readHead(deps.config.dataDir)
    return head && { head, damaged: error instanceof ChatError }
  }
}

function readHead(dataDir: string): AuditLink | undefined {
  try {
    return readKnownTrail(dataDir).head
  } catch {
    // The attempt to record the command has reported it.
    return undefined
  }
}

/** Renders the facts apart from the line's own fields: both may have a `level` or a `module`. */
function render({
  time,
  seq,
  event,
  actor,
  trail: _trail,
  grouped: _grouped,
  previous: _previous,
  hash: _hash,
  ...facts
}: AuditRecord): string {
  const { text } = AUDIT_EVENTS[event as AuditEvent] ?? { text: event }
  const line = renderText({ time, level: 'INFO', module: 'audit', function: event, msg: text })
  return `${line} ${renderFields({ seq, actor, ...facts })}`
}
