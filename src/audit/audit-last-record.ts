import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type AuditFile, listAuditFiles } from './audit-files.ts'
import { type AuditRecord, parseAuditRecord } from './audit-record.ts'
import type { AuditHead } from './audit-state.ts'

/**
 * How much of a plain file's end is searched. A record is a few hundred bytes, a few KiB at most.
 */
const MAX_TAIL_BYTES = 1024 * 1024
/** Compressed files are read whole; a larger one is not a file of this service. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024

/**
 * Finds the last valid record in a directory, or undefined. Reads at most 1 MiB of
 * each plain file, newest first, until a file has one.
 */
export function findLastRecord(dir: string): { readonly record: AuditRecord; readonly file: AuditFile } | undefined {
  for (const file of [...listAuditFiles(dir)].reverse()) {
    const lines = readEnd(join(dir, file.name), file.compressed).split('\n').reverse()
    for (const line of lines) {
      const record = parseAuditRecord(line)
      if (record !== undefined) return { record, file }
    }
  }
  return undefined
}

/** Returns whether a directory has files of a trail that are not empty. */
export function hasContent(dir: string): boolean {
  return listAuditFiles(dir).some(({ name }) => (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0) > 0)
}

/** Returns whether the file that a head names holds its record, in the last MiB if it is plain. */
export function holdsRecord(dir: string, { day, number, seq, hash }: AuditHead): boolean {
  const file = listAuditFiles(dir).find(file => file.day === day && file.number === number)
  if (file === undefined) return false
  return readEnd(join(dir, file.name), file.compressed)
    .split('\n')
    .some(line => line.endsWith(`"hash":"${hash}"}`) && parseAuditRecord(line)?.seq === seq)
}

function readEnd(path: string, compressed: boolean): string {
  if (compressed) return unpack(path)
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, MAX_TAIL_BYTES))
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, size - buffer.length))
  } finally {
    closeSync(fd)
  }
}

/** A damaged file has no record to find; verification reports the damage. */
function unpack(path: string): string {
  const packed = readFileSync(path)
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('latin1')
  } catch {
    return ''
  }
}
