import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type AuditFile, comparePlaces, listAuditFiles, readPart } from './audit-files.ts'
import { type AuditRecord, parseAuditRecord } from './audit-record.ts'
import type { AuditHead } from './audit-state.ts'

/** Compressed files are read whole; a larger one is not a file of this service. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024

/**
 * Finds the last valid record in a directory, or undefined. Reads at most 1 MiB of
 * each plain file, newest first, until a file has one.
 */
export function findLastRecord(dir: string): { readonly record: AuditRecord; readonly file: AuditFile } | undefined {
  for (const file of [...listAuditFiles(dir)].reverse()) {
    for (const line of readLastLines(dir, file).reverse()) {
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
export function holdsRecord(dir: string, head: AuditHead): boolean {
  const file = listAuditFiles(dir).find(file => comparePlaces(file, head) === 0)
  if (file === undefined) return false
  return readLastLines(dir, file).some(
    line => line.endsWith(`"hash":"${head.hash}"}`) && parseAuditRecord(line)?.seq === head.seq,
  )
}

function readLastLines(dir: string, { name, compressed }: AuditFile): string[] {
  const path = join(dir, name)
  return (compressed ? unpack(path) : readPart(path)).split('\n')
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
