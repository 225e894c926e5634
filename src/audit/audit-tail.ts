import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { auditFileName, listAuditFiles } from './audit-files.ts'
import { type AuditLink, CHAIN_START, parseAuditRecord } from './audit-record.ts'
import type { AuditHead } from './audit-state.ts'

/**
 * How the end of the trail compares with what is kept of it. A crash leaves one of two: `behind`, a whole record that the head does not know yet,
 * or `torn`, the beginning of one. Everything else is `broken`, and `last` is the record that the chain can go on from.
 */
export type AuditTail =
  | { readonly kind: 'in order'; readonly head: AuditHead }
  | { readonly kind: 'behind'; readonly head: AuditHead }
  | {
      readonly kind: 'torn'
      readonly head: AuditHead
      readonly file: string
      readonly keptBytes: number
      readonly tornBytes: number
    }
  | { readonly kind: 'broken'; readonly head: AuditHead; readonly problem: string }

/** Far more than the one record that a crash can leave behind. */
const MAX_READ_BYTES = 1024 * 1024

const NOTHING: AuditHead = { ...CHAIN_START, day: '', number: 1, bytes: 0 }

/** A file of the trail, by what its name says. */
type AuditPlace = Pick<AuditHead, 'day' | 'number'>

/**
 * The file that the record behind a head goes to. A clock that was set back must not put it before an earlier one; and it never goes beside the
 * compressed form of its file, which would hide the one or the other.
 */
export function nextPlace(dir: string, head: AuditHead, today: string): AuditPlace {
  const day = today > head.day ? today : head.day
  let number = day === head.day ? head.number : 1
  while (existsSync(`${pathOf(dir, { day, number })}.gz`)) number++
  return { day, number }
}

/**
 * Compares the files in a directory with the head kept apart from them; undefined where there is none yet. Costs three file-system calls when all is in
 * order and the `quick` way is taken, which looks at the head's file and the next record's only.
 */
export function inspectTail(dir: string, kept: AuditHead | undefined, today: string, quick: boolean): AuditTail {
  const head = kept ?? NOTHING
  if (quick && kept !== undefined && sizeOf(dir, head) === head.bytes) {
    const next = nextPlace(dir, head, today)
    if (compare(next, head) === 0 || sizeOf(dir, next) === 0) return { kind: 'in order', head }
  }

  const broken = (problem: string): AuditTail => ({ kind: 'broken', head: later(head, lastRecord(dir)), problem })
  const files = listAuditFiles(dir)
  if (kept !== undefined && !files.some(file => compare(file, head) === 0)) return broken('the last file is gone')
  // What is compressed has been left alone for days; whether it is whole, verification says.
  if (sizeOf(dir, head) < head.bytes && existsSync(pathOf(dir, head))) return broken('the last file is shorter than it was left')

  const beyond = [head, ...files.filter(file => compare(file, head) > 0)]
    .map(({ day, number }, index) => ({ day, number, from: index === 0 ? head.bytes : 0 }))
    .map(place => ({ ...place, text: readFrom(dir, place, place.from) }))
    .filter(({ text }) => text !== '')
  const [first, second] = beyond
  if (first === undefined) return { kind: 'in order', head }
  const { day, number, from, text } = first
  const end = text.indexOf('\n') + 1
  if (second === undefined && end === 0 && text.length < MAX_READ_BYTES)
    return { kind: 'torn', head, file: auditFileName(day, number), keptBytes: from, tornBytes: text.length }
  const record = parseAuditRecord(text.slice(0, -1))
  if (second === undefined && record?.seq === head.seq + 1 && record.previous === head.hash)
    return { kind: 'behind', head: { seq: record.seq, hash: record.hash, day, number, bytes: from + end } }
  return broken(kept === undefined ? 'what is kept apart of it is gone' : 'it holds more than was written')
}

/** The last genuine record among the last million characters of the newest plain file that has any. */
function lastRecord(dir: string): AuditHead {
  for (const { day, number, compressed } of [...listAuditFiles(dir)].reverse()) {
    if (compressed) continue
    const bytes = sizeOf(dir, { day, number })
    const lines = readFrom(dir, { day, number }, Math.max(0, bytes - MAX_READ_BYTES)).split('\n')
    const record = lines
      .reverse()
      .map(parseAuditRecord)
      .find(found => found !== undefined)
    if (record !== undefined) return { seq: record.seq, hash: record.hash, day, number, bytes }
  }
  return NOTHING
}

/** The link to go on from, and the newest file to go on in. */
function later(kept: AuditHead, found: AuditHead): AuditHead {
  const { seq, hash }: AuditLink = found.seq > kept.seq ? found : kept
  const { day, number } = compare(found, kept) > 0 ? found : kept
  return { seq, hash, day, number, bytes: 0 }
}

function compare(one: AuditPlace, other: AuditPlace): number {
  if (one.day === other.day) return one.number - other.number
  return one.day < other.day ? -1 : 1
}

function pathOf(dir: string, { day, number }: AuditPlace): string {
  return join(dir, auditFileName(day, number))
}

function sizeOf(dir: string, place: AuditPlace): number {
  return statSync(pathOf(dir, place), { throwIfNoEntry: false })?.size ?? 0
}

function readFrom(dir: string, place: AuditPlace, from: number): string {
  const path = pathOf(dir, place)
  if (!existsSync(path)) return ''
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(MAX_READ_BYTES, Math.max(0, fstatSync(fd).size - from)))
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, from))
  } finally {
    closeSync(fd)
  }
}
