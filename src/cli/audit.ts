import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AUDIT_EVENTS, type AuditEvent, type AuditFacts } from '../audit/audit-events.ts'
import { listAuditFiles, readAuditLines } from '../audit/audit-files.ts'
import { type AuditRecord, parseAuditRecord } from '../audit/audit-record.ts'
import { type AuditHead, auditStatePath } from '../audit/audit-state.ts'
import { openAuditTrail } from '../audit/audit-trail.ts'
import { verifyAuditTrail } from '../audit/audit-verification.ts'
import type { Config } from '../config.ts'
import { errnoOf, messageOf } from '../errors.ts'
import { renderText } from '../logging/record/text-format.ts'
import { createRedactor } from '../logging/redaction/redactor.ts'
import { dayOf } from '../logging/retention/log-day.ts'
import { readRecordedPolicy } from '../logging/retention/recorded-policy.ts'

/** What the audit commands, and those that others audit, need of their process. */
export interface AuditCommandDeps {
  readonly config: Pick<Config, 'dataDir' | 'logDir' | 'logTimezone'>
  readonly stdout: NodeJS.WritableStream
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Who runs the command: a number of the system's; undefined where it has none. */
  readonly uid: number | undefined
}

/** What `pellucid audit show` is to show: from and until a moment of ISO 8601, and one kind of event. */
export interface ShowOptions {
  readonly since?: Date
  readonly until?: Date
  readonly event?: string
  readonly json: boolean
}

/**
 * Tells the audit trail what a command does, beside a server or without one. Returns the trail's end, with this record as its last; undefined where it
 * cannot be written: that is said on stderr, and the command goes on.
 */
export function recordCommand(
  event: AuditEvent,
  facts: AuditFacts,
  deps: Omit<AuditCommandDeps, 'stdout'>,
): AuditHead | undefined {
  const { config, stderr, now, uid } = deps
  try {
    const trail = openAuditTrail({
      dataDir: config.dataDir,
      logDir: config.logDir,
      now,
      redact: createRedactor().text,
      dayOf: ms => dayOf(ms, readRecordedPolicy(config.logDir)?.timeZone ?? config.logTimezone),
      onFinding: ({ broken, problem }) =>
        stderr.write(`The audit trail ${broken ? 'is not as it was left' : 'was recovered'}: ${problem}.\n`),
    })
    try {
      return trail.append({ event, actor: `command:${uid ?? 'unknown'}`, facts, time: now() })
    } finally {
      trail.close()
    }
  } catch (error) {
    stderr.write(`The audit trail cannot be written, and lacks this command: ${messageOf(error)}\n`)
    return undefined
  }
}

/** Runs `pellucid audit verify`. Resolves to the exit code: 1 where anything is wrong with the trail, there is none, or it cannot be written and so not be known. */
export async function runAuditVerify({ json }: { readonly json: boolean }, deps: AuditCommandDeps): Promise<number> {
  const dir = join(deps.config.logDir, 'audit')
  if (isWithoutTrail(dir)) {
    const { logDir, dataDir } = deps.config
    // To write here would tie the trail to a folder that it may never have been in.
    const lost = existsSync(auditStatePath(dataDir)) ? `, and ${dataDir} knows of one: it is elsewhere, or was deleted` : ''
    deps.stderr.write(`no trail here: LOG_DIR says ${logDir}${lost}\n`)
    return 1
  }
  const head = recordCommand('audit_read', { command: 'verify' }, deps)
  if (head === undefined) return 1
  const { seq, hash } = head
  const found = await verifyAuditTrail(dir, { seq, hash })
  const { problem, records, first, last } = found
  const text =
    problem === undefined
      ? `OK: ${records} records from ${first} to ${last}; the last is ${seq}, its hash ${hash}`
      : `BROKEN: ${problem.file}:${problem.line}: record ${problem.seq} ${problem.kind}: ${problem.explanation}`
  deps.stdout.write(`${json ? JSON.stringify({ ok: problem === undefined, ...found }) : text}\n`)
  return problem === undefined ? 0 : 1
}

/** Runs `pellucid audit show`: a line for each record, oldest first; what is no record is named on stderr. Resolves to the exit code. */
export async function runAuditShow({ since, until, event, json }: ShowOptions, deps: AuditCommandDeps): Promise<number> {
  const range = { since: since?.toISOString(), until: until?.toISOString() }
  recordCommand('audit_read', { command: 'show', ...range, of_event: event }, deps)

  async function* chosen() {
    for await (const { file, line, text } of readAuditLines(join(deps.config.logDir, 'audit'))) {
      const record = parseAuditRecord(text)
      if (record === undefined) deps.stderr.write(`${file}:${line}: not a record as it was written\n`)
      else if (event !== undefined && record.event !== event) continue
      else if (record.time >= (range.since ?? '') && record.time <= (range.until ?? '~'))
        yield `${json ? text : render(record)}\n`
    }
  }
  // Whoever reads may have seen enough, as `head` does.
  await pipeline(Readable.from(chosen()), deps.stdout, { end: false }).catch(error => {
    if (errnoOf(error) !== 'EPIPE') throw error
  })
  return 0
}

function isWithoutTrail(dir: string): boolean {
  try {
    return listAuditFiles(dir).length === 0
  } catch {
    // What is there and cannot be read, the attempt to write will name.
    return false
  }
}

function render({ time, seq, event, actor, previous: _previous, hash: _hash, ...facts }: AuditRecord): string {
  const { text } = AUDIT_EVENTS[event as AuditEvent] ?? { text: event }
  return renderText({ time, level: 'INFO', module: 'audit', function: event, msg: text, seq, actor, ...facts })
}
