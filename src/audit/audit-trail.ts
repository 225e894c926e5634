import { appendFileSync, closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AuditEntry } from './audit-events.ts'
import { auditFileName } from './audit-files.ts'
import { makeDirectory, openForAppending } from './audit-ownership.ts'
import { formatAuditRecord } from './audit-record.ts'
import { type AuditHead, openAuditState } from './audit-state.ts'
import { type AuditTail, inspectTail, nextPlace } from './audit-tail.ts'

export interface AuditTrailOptions {
  /** Where the trail's last number and hash are kept; made, for its owner alone, where it is missing. */
  readonly dataDir: string
  /** Where `audit/` is; made in the same way. */
  readonly logDir: string
  /** How long a write may block the thread while another process writes; 5,000 unless told otherwise, which suits a command and no server. */
  readonly lockTimeoutMs?: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The day that a moment belongs to, `YYYY-MM-DD`; a day of UTC unless told otherwise. */
  readonly dayOf?: (ms: number) => string
  /** What the texts among the facts go through before they are written; nothing by default. */
  readonly redact?: (text: string) => string
  /** Called when the end of the trail is not as it was left, beside the record that says so. */
  readonly onFinding?: (finding: { readonly broken: boolean; readonly problem: string }) => void
}

/**
 * A chain of records in daily files: each names the hash of the one before, the first of a day that of the last of the day before. Processes may
 * write to it at once; they take turns.
 */
export interface AuditTrail {
  /**
   * Writes a record; when it returns, the record is on the disk. Blocks the thread for two or three writes and fsyncs, about half a millisecond,
   * and while another process writes, up to the time limit.
   * @throws the system's error where that fails; then nothing was written, except in a crash of the disk between the two files.
   */
  append(entry: AuditEntry): AuditHead
  /** The settings of the last start; undefined before the first. */
  configuration(): Readonly<Record<string, unknown>> | undefined
  keepConfiguration(configuration: Readonly<Record<string, unknown>>): void
  close(): void
}

const NEWLINE = 10
const LOCK_TIMEOUT_MS = 5000

/**
 * Opens the trail. What a crash left unfinished is brought to its end, and what somebody else did to its end is told: both as a record of its own.
 * @throws the system's or SQLite's error where a directory or the state cannot be opened.
 */
export function openAuditTrail(options: AuditTrailOptions): AuditTrail {
  const { dataDir, logDir, lockTimeoutMs = LOCK_TIMEOUT_MS, now, dayOf = utcDay, redact, onFinding } = options
  const dir = join(logDir, 'audit')
  makeDirectory(dataDir)
  makeDirectory(dir)
  const state = openAuditState(dataDir, lockTimeoutMs)
  let inspected = false

  /** The record to go on from. The first time the whole directory is looked at, later what another process may have left a moment ago. */
  function settle(day: string): AuditHead {
    const tail = inspectTail(dir, state.head(), day, inspected)
    inspected = true
    if (tail.kind === 'in order') return tail.head
    makeDirectory(dir)
    if (tail.kind === 'torn') truncateSync(join(dir, tail.file), tail.keptBytes)
    const finding = describe(tail)
    onFinding?.(finding)
    const event = finding.broken ? 'trail_broken' : 'trail_recovered'
    return write(tail.head, day, { event, actor: 'server', time: now(), facts: { problem: finding.problem } })
  }

  function write(head: AuditHead, today: string, entry: AuditEntry): AuditHead {
    const { day, number } = nextPlace(dir, head, today)
    const { line, seq, hash } = formatAuditRecord(entry, head, redact)
    const next = { seq, hash, day, number, bytes: appendDurably(join(dir, auditFileName(day, number)), line) }
    state.setHead(next)
    return next
  }

  return {
    append: entry =>
      state.exclusively(() => {
        const day = dayOf(now())
        return write(settle(day), day, entry)
      }),
    configuration: state.configuration,
    keepConfiguration: state.setConfiguration,
    close: state.close,
  }
}

function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function describe(tail: Exclude<AuditTail, { kind: 'in order' }>) {
  if (tail.kind === 'behind') return { broken: false, problem: 'a record was written, and its number not yet kept' }
  if (tail.kind === 'torn')
    return { broken: false, problem: `${tail.tornBytes} bytes of a record were written, and not the rest` }
  return { broken: true, problem: tail.problem }
}

/** Appends a line, and returns the size of the file once it is on the disk. What was written in part is taken back. */
function appendDurably(path: string, line: string): number {
  const fd = openForAppending(path)
  try {
    const { size } = fstatSync(fd)
    try {
      appendFileSync(fd, `${endsInsideLine(fd, size) ? '\n' : ''}${line}\n`)
      fsyncSync(fd)
    } catch (error) {
      ftruncateSync(fd, size)
      throw error
    }
    if (size === 0) syncDirectory(dirname(path))
    return fstatSync(fd).size
  } finally {
    closeSync(fd)
  }
}

/** Somebody cut the file within a record: what is left of it stays there as it is, on a line of its own. */
function endsInsideLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE
}

/** Without it a power cut could take the name of a new file, and its records with it. */
function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
