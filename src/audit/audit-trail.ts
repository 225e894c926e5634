import { randomBytes } from 'node:crypto'
import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { ChatError } from '../errors.ts'
import { appendDurably } from './audit-append.ts'
import type { AuditEntry } from './audit-events.ts'
import { auditFileName } from './audit-files.ts'
import { type AuditFolders, checkAuditTrail, requireSameTrail } from './audit-identity.ts'
import { hasContent } from './audit-last-record.ts'
import { makeDirectory } from './audit-ownership.ts'
import { type AuditLink, formatAuditRecord } from './audit-record.ts'
import { type AuditHead, type KnownTrail, openAuditState } from './audit-state.ts'
import { type AuditTail, inspectTail, nextPlace } from './audit-tail.ts'

/** The end of the trail is not as it was written. A crash leaves an end that is not `broken`. */
export interface AuditFinding {
  readonly broken: boolean
  readonly problem: string
}

export interface AuditTrailOptions extends AuditFolders {
  /**
   * Who writes. A server records damage to the trail in it and continues; it also gives a trail of
   * an early version its id. A command refuses to write to a damaged trail.
   */
  readonly writer: 'server' | 'command'
  /** How long (ms) a write may block the thread while other processes write. Default: 5,000. */
  readonly lockTimeoutMs?: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Returns the day of a time as `YYYY-MM-DD`. Default: the day in UTC. */
  readonly dayOf?: (ms: number) => string
  /** Applied to every text among the facts; none by default. */
  readonly redact?: (text: string) => string
  /** Called when damage or an interrupted write is found, before it is recorded. */
  readonly onFinding?: (finding: AuditFinding) => void
}

/**
 * A chain of records in daily files. Each record contains the hash of the previous one, across
 * files. Several processes may write at once; they take turns.
 */
export interface AuditTrail {
  /**
   * Writes records and returns when they are on disk. Blocks the thread for two or three writes and
   * fsyncs, about half a millisecond, and while other processes write, up to the lock timeout.
   * After a crash meanwhile, the trail holds all of them, or some of the first.
   * @throws {ChatError} AUDIT_TRAIL_MISMATCH if head and files belong to different trails.
   * @throws {ChatError} AUDIT_UNAVAILABLE if the trail is damaged and the writer is a command.
   * @throws the system's error if writing fails; nothing is written then.
   */
  append(...entries: readonly AuditEntry[]): AuditHead
  /** The settings of the last start; undefined before the first. */
  configuration(): Readonly<Record<string, unknown>> | undefined
  keepConfiguration(configuration: Readonly<Record<string, unknown>>): void
  close(): void
}

/** A part of a file, in bytes. */
interface Appended {
  readonly path: string
  readonly from: number
  readonly to: number
}

const TRAIL_ID_BYTES = 8

/**
 * Opens the trail; creates it, with its folders, if neither head nor files exist. An interrupted
 * write is completed or undone at the first append, and recorded.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if head and files belong to different trails. Nothing is
 *   created then.
 * @throws the system's or SQLite's error if a folder or the head database cannot be opened.
 */
export function openAuditTrail(options: AuditTrailOptions): AuditTrail {
  const { dataDir, logDir, writer, lockTimeoutMs, now, dayOf = utcDay, redact, onFinding } = options
  const dir = join(logDir, 'audit')
  checkAuditTrail(options)
  makeDirectory(dataDir)
  makeDirectory(dir)
  const state = openAuditState(dataDir, lockTimeoutMs)
  let inspected = false
  /** Records of the current transaction so far. A crash may leave them without the head. */
  let stepRecords = 0
  /** The head before the current transaction, and what it has appended to files. */
  let before: AuditHead | undefined
  let appended: Appended[] = []

  /**
   * Commits the id of a new trail before its first record, which a crash could separate from it.
   */
  function assignIdToNewTrail(): void {
    const isNew = () => {
      const { trailId, head } = state.known()
      return trailId === undefined && head === undefined && !hasContent(dir)
    }
    if (isNew()) state.exclusively(() => isNew() && state.setTrailId(newTrailId()))
  }

  /** Returns the record to continue from. Looks at all files the first time, later at the last. */
  function findHead(day: string): AuditHead {
    const known = state.known()
    if (!inspected) requireSameTrail(options, known)
    const tail = inspectTail(dir, known, day, inspected)
    if (tail.kind === 'in order') return assignIdToOldTrail(tail.head, known, day)
    // This process has written to the trail, so files that are gone now were deleted.
    if (inspected && hasContent(dir)) requireSameTrail(options, known)
    return recover(tail, day)
  }

  /** Gives a trail of an early version its id, in a record of its own. */
  function assignIdToOldTrail(head: AuditHead, { trailId }: KnownTrail, day: string): AuditHead {
    if (writer !== 'server' || trailId !== undefined) return head
    state.setTrailId(newTrailId())
    return write(head, day, { event: 'trail_id_assigned', actor: 'server', time: now() })
  }

  function recover(tail: Exclude<AuditTail, { kind: 'in order' }>, day: string): AuditHead {
    const finding = toFinding(tail)
    if (finding.broken && writer === 'command')
      throw new ChatError('AUDIT_UNAVAILABLE', { message: `The audit trail is damaged: ${finding.problem}` })
    makeDirectory(dir)
    if (tail.kind !== 'broken' && tail.tornBytes > 0) truncateSync(join(dir, tail.file), tail.keptBytes)
    // The interrupted write may be the one that gave the trail its id.
    if (tail.kind === 'behind' && tail.trailId !== undefined) state.setTrailId(tail.trailId)
    onFinding?.(finding)
    const event = finding.broken ? 'trail_broken' : 'trail_recovered'
    return write(tail.head, day, { event, actor: 'server', time: now(), facts: { problem: finding.problem } })
  }

  function write(head: AuditHead, today: string, ...entries: readonly AuditEntry[]): AuditHead {
    if (entries.length === 0) return head
    const { day, number } = nextPlace(dir, head, today)
    const { trailId } = state.known()
    let last: AuditLink = head
    const lines = entries.map(entry => {
      const { line, ...link } = formatAuditRecord(entry, last, { trailId, isGrouped: stepRecords++ > 0, redact })
      last = link
      return line
    })
    const path = join(dir, auditFileName(day, number))
    const { from, to } = appendDurably(path, lines.join('\n'))
    appended.push({ path, from, to })
    const next = { ...last, day, number, bytes: to }
    state.setHead(next)
    return next
  }

  /** Writes the records of one step, with their head. */
  function writeStep(entries: readonly AuditEntry[]): AuditHead {
    stepRecords = 0
    before = state.known().head
    const day = dayOf(now())
    const head = findHead(day)
    inspected = true
    return write(head, day, ...entries)
  }

  /**
   * Cuts the files back to where they were before a step whose head could not be written, so that
   * head and files agree. Does nothing if the head was written after all, or another process has
   * continued the files.
   */
  function undoStep(): void {
    if (appended.length === 0) return
    try {
      state.exclusively(() => {
        if (state.known().head?.hash !== before?.hash) return
        for (const { path, from, to } of appended.toReversed())
          if (statSync(path, { throwIfNoEntry: false })?.size === to) truncateSync(path, from)
      })
    } catch {
      // The records are left behind the head: the next append takes them over.
    }
  }

  return {
    append(...entries) {
      assignIdToNewTrail()
      appended = []
      try {
        return state.exclusively(() => writeStep(entries))
      } catch (error) {
        undoStep()
        throw error
      }
    },
    configuration: state.configuration,
    keepConfiguration: state.setConfiguration,
    close: state.close,
  }
}

function newTrailId(): string {
  return randomBytes(TRAIL_ID_BYTES).toString('hex')
}

function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function toFinding(tail: Exclude<AuditTail, { kind: 'in order' }>): AuditFinding {
  if (tail.kind === 'behind') return { broken: false, problem: 'records were written, but not yet their numbers in the head' }
  if (tail.kind === 'torn') return { broken: false, problem: `only ${tail.tornBytes} bytes of a record were written` }
  return { broken: true, problem: tail.problem }
}
