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

const NOTHING: AuditHead = { ...CHAIN_START, day: '', bytes: 0 }

/**
 * Compares the files in a directory with the head kept apart from them; undefined where there is none yet. Costs two file-system calls when all is in order
 * and the `quick` way is taken, which looks at the files of the head's day and of `day` only.
 */
export function inspectTail(dir: string, kept: AuditHead | undefined, day: string, quick: boolean): AuditTail {
  const head = kept ?? NOTHING
  if (quick && kept !== undefined && sizeOf(dir, head.day) === head.bytes && (day <= head.day || sizeOf(dir, day) === 0))
    return { kind: 'in order', head }

  const broken = (problem: string): AuditTail => ({ kind: 'broken', head: later(head, lastRecord(dir)), problem })
  const days = listAuditFiles(dir).map(file => file.day)
  if (kept !== undefined && !days.includes(head.day)) return broken('the last file is gone')
  const size = sizeOf(dir, head.day)
  // What is compressed has been left alone for days; whether it is whole, verification says.
  if (size < head.bytes && existsSync(join(dir, auditFileName(head.day))))
    return broken('the last file is shorter than it was left')

  const beyond = [head.day, ...days.filter(other => other > head.day)]
    .map(day => ({ day, from: day === head.day ? head.bytes : 0 }))
    .map(({ day, from }) => ({ day, from, text: readFrom(dir, day, from) }))
    .filter(({ text }) => text !== '')
  const [first, second] = beyond
  if (first === undefined) return { kind: 'in order', head }
  const end = first.text.indexOf('\n') + 1
  const line = first.text.slice(0, -1)
  if (second === undefined && end === 0 && first.text.length < MAX_READ_BYTES)
    return { kind: 'torn', head, file: auditFileName(first.day), keptBytes: first.from, tornBytes: first.text.length }
  const record = parseAuditRecord(line)
  if (second === undefined && record?.seq === head.seq + 1 && record.previous === head.hash)
    return { kind: 'behind', head: { seq: record.seq, hash: record.hash, day: first.day, bytes: first.from + end } }
  return broken(kept === undefined ? 'what is kept apart of it is gone' : 'it holds more than was written')
}

/** The last genuine record among the last million characters of the newest plain file that has any. */
function lastRecord(dir: string): AuditHead {
  for (const { day, compressed } of [...listAuditFiles(dir)].reverse()) {
    if (compressed) continue
    const bytes = sizeOf(dir, day)
    const lines = readFrom(dir, day, Math.max(0, bytes - MAX_READ_BYTES)).split('\n')
    const record = lines
      .reverse()
      .map(parseAuditRecord)
      .find(found => found !== undefined)
    if (record !== undefined) return { seq: record.seq, hash: record.hash, day, bytes }
  }
  return NOTHING
}

/** The link to go on from, and the newest file to go on in. */
function later(kept: AuditHead, found: AuditHead): AuditHead {
  const { seq, hash }: AuditLink = found.seq > kept.seq ? found : kept
  return { seq, hash, day: found.day > kept.day ? found.day : kept.day, bytes: 0 }
}

function sizeOf(dir: string, day: string): number {
  return statSync(join(dir, auditFileName(day)), { throwIfNoEntry: false })?.size ?? 0
}

function readFrom(dir: string, day: string, from: number): string {
  const path = join(dir, auditFileName(day))
  if (!existsSync(path)) return ''
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(MAX_READ_BYTES, Math.max(0, fstatSync(fd).size - from)))
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, from))
  } finally {
    closeSync(fd)
  }
}
