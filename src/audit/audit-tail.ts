import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditPlace, auditFileName, comparePlaces, listAuditFiles, MAX_READ_BYTES, readPart } from './audit-files.ts'
import { findLastRecord } from './audit-last-record.ts'
import { type AuditLink, type AuditRecord, CHAIN_START, parseAuditRecord } from './audit-record.ts'
import type { AuditHead } from './audit-state.ts'

/**
 * The end of the trail compared with the head. A crash causes `behind` (the head does not know the
 * last records yet) or `torn` (only a part of a record was written); a part may follow the records,
 * too. Any other difference is `broken`; `head` is then the record to continue from.
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
export function inspectTail(dir: string, kept: AuditHead | undefined, today: string, quick: boolean): AuditTail {
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
  const [first, second] = beyond
  if (first === undefined) return { kind: 'in order', head }
  const { day, number, from, text } = first
  const { last, end } = followChain(head, text)
  // Nothing but a part of one record may follow.
  if (second === undefined && text.length < MAX_READ_BYTES && !text.includes('\n', end)) {
    const torn = { file: auditFileName(day, number), keptBytes: from + end, tornBytes: text.length - end }
    if (last === undefined) return { kind: 'torn', head, ...torn }
    const { seq, hash, trail } = last
    return { kind: 'behind', head: { seq, hash, day, number, bytes: from + end }, trailId: trail, ...torn }
  }
  return broken(`the files hold records after number ${head.seq}, the last in the head`)
}

/**
 * Finds the last of the records that were written in one step after a link, and where its line
 * ends. Records of several steps are no crash: the head is from an older backup, or the records are
 * forged.
 */
function followChain(head: AuditLink, text: string): { readonly last: AuditRecord | undefined; readonly end: number } {
  let last: AuditRecord | undefined
  let end = 0
  for (;;) {
    const lineEnd = text.indexOf('\n', end)
    const record = lineEnd < 0 ? undefined : parseAuditRecord(text.slice(end, lineEnd))
    const { seq, hash } = last ?? head
    const isNext = record?.seq === seq + 1 && record.previous === hash && (last === undefined || record.grouped === true)
    if (!isNext) return { last, end }
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
