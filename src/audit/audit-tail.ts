import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditPlace, auditFileName, comparePlaces, listAuditFiles, MAX_READ_BYTES, readPart } from './audit-files.ts'
import { findLastRecord } from './audit-last-record.ts'
import { type AuditLink, type AuditRecord, CHAIN_START, parseAuditRecord } from './audit-record.ts'
import type { AuditHead, KnownTrail } from './audit-state.ts'

/**
 * The end of the trail compared with the head. A crash, or a disk that is full for the head alone,
 * causes `behind` or `torn`. Behind: the head does not know the last records yet. Torn: only a part
 * of a record was written; a part may follow the records, too. Any other difference is `broken`;
 * `head` is then the record to continue from.
 */
export type AuditTail =
  | { readonly kind: 'in order'; readonly head: AuditHead }
  | ({ readonly kind: 'behind'; readonly head: AuditHead; readonly trailId: string | undefined } & Torn)
  | ({ readonly kind: 'torn'; readonly head: AuditHead } & Torn)
  | { readonly kind: 'broken'; readonly head: AuditHead; readonly problem: string }

/** A file and its complete part, and the size of the unfinished record behind it. */
interface Torn {
  readonly file: string
  readonly keptBytes: number
  readonly tornBytes: number
}

const NOTHING: AuditHead = { ...CHAIN_START, day: '', number: 1, bytes: 0 }

/**
 * Returns the file for the record after a head. It is never older than the head's file, even if the
 * clock was set back, and it never has the name of a compressed file: one would hide the other.
 */
export function nextPlace(dir: string, head: AuditHead, today: string): AuditPlace {
  const day = today > head.day ? today : head.day
  let number = day === head.day ? head.number : 1
  while (existsSync(`${pathOf(dir, { day, number })}.gz`)) number++
  return { day, number }
}

/**
 * Compares the files in a directory with the head; `kept` is undefined before the first record.
 * With `quick`, looks only at the head's file and the next record's, which costs three file-system
 * calls if both are as expected.
 */
export function inspectTail(dir: string, { head: kept, trailId }: KnownTrail, today: string, quick: boolean): AuditTail {
  const head = kept ?? NOTHING
  if (quick && kept !== undefined && sizeOf(dir, head) === head.bytes) {
    const next = nextPlace(dir, head, today)
    if (comparePlaces(next, head) === 0 || sizeOf(dir, next) === 0) return { kind: 'in order', head }
  }

  const broken = (problem: string): AuditTail => ({ kind: 'broken', head: findContinuation(dir, head), problem })
  const files = listAuditFiles(dir)
  if (kept !== undefined && !files.some(file => comparePlaces(file, head) === 0)) return broken('the last file is gone')
  // Days pass before a file is compressed; verification checks its content.
  if (sizeOf(dir, head) < head.bytes && existsSync(pathOf(dir, head)))
    return broken(`the last file ends before record ${head.seq}`)

  const beyond = [head, ...files.filter(file => comparePlaces(file, head) > 0)]
    .map(({ day, number }, index) => ({ day, number, from: index === 0 ? head.bytes : 0 }))
    .map(place => ({ ...place, text: readFrom(dir, place, place.from) }))
    .filter(({ text }) => text !== '')
  if (beyond.length === 0) return { kind: 'in order', head }
  return followFiles(head, trailId, beyond) ?? broken(`the files hold records after number ${head.seq}, the last in the head`)
}

/** What a file holds after the head. */
interface Beyond extends AuditPlace {
  /** Bytes of the file before the text. */
  readonly from: number
  readonly text: string
}

/**
 * Follows the records of a trail that continue its head, through the files. Returns undefined if
 * anything else is there, except a part of one record at the end.
 */
function followFiles(head: AuditHead, trailId: string | undefined, files: readonly Beyond[]): AuditTail | undefined {
  let last: { readonly record: AuditRecord; readonly head: AuditHead } | undefined
  for (const [index, { day, number, from, text }] of files.entries()) {
    const { record, end } = followChain(last?.head ?? head, trailId, text)
    if (record !== undefined) last = { record, head: { seq: record.seq, hash: record.hash, day, number, bytes: from + end } }
    if (index < files.length - 1 && end === text.length) continue
    if (index < files.length - 1 || text.length >= MAX_READ_BYTES || text.includes('\n', end)) return undefined
    const torn = { file: auditFileName(day, number), keptBytes: from + end, tornBytes: text.length - end }
    if (last === undefined) return { kind: 'torn', head, ...torn }
    return { kind: 'behind', head: last.head, trailId: last.record.trail, ...torn }
  }
  return undefined
}

/** Finds the last record of a trail that continues a link in a text, and where its line ends. */
function followChain(link: AuditLink, trailId: string | undefined, text: string) {
  let last: AuditRecord | undefined
  let end = 0
  for (;;) {
    const lineEnd = text.indexOf('\n', end)
    const record = lineEnd < 0 ? undefined : parseAuditRecord(text.slice(end, lineEnd))
    const { seq, hash } = last ?? link
    const isOwn = trailId === undefined || record?.trail === trailId
    if (record === undefined || !isOwn || record.seq !== seq + 1 || record.previous !== hash) return { record: last, end }
    last = record
    end = lineEnd + 1
  }
}

/** Links to the newer of head and last record, and continues in the newest file. */
function findContinuation(dir: string, head: AuditHead): AuditHead {
  const last = findLastRecord(dir)
  if (last === undefined) return { ...head, bytes: 0 }
  const { seq, hash } = last.record.seq > head.seq ? last.record : head
  const { day, number } = comparePlaces(last.file, head) > 0 ? last.file : head
  return { seq, hash, day, number, bytes: 0 }
}

function pathOf(dir: string, { day, number }: AuditPlace): string {
  return join(dir, auditFileName(day, number))
}

function sizeOf(dir: string, place: AuditPlace): number {
  return statSync(pathOf(dir, place), { throwIfNoEntry: false })?.size ?? 0
}

function readFrom(dir: string, place: AuditPlace, from: number): string {
  const path = pathOf(dir, place)
  return existsSync(path) ? readPart(path, from) : ''
}
