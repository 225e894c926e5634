import { basename, join } from 'node:path'
import type { RetentionReport } from '../logging/retention/retention-run.ts'
import type { AuditFacts } from './audit-events.ts'
import { listAuditFiles, readAuditLines } from './audit-files.ts'
import { parseAuditRecord } from './audit-record.ts'

/** Returns the facts of a retention run. */
export function describeRetention({ compressed, deleted, failed }: RetentionReport): AuditFacts<'retention_run'> {
  return { compressed: compressed.length, deleted: deleted.length, failed: failed.length }
}

/** Returns the facts of files that were held off. */
export function describeHoldOff({ files, knownMs }: NonNullable<RetentionReport['heldOff']>): AuditFacts<'retention_held_off'> {
  return { files: files.length, known_time: new Date(knownMs).toISOString() }
}

/**
 * Returns the facts to record before the oldest files of the trail are deleted: their names, and
 * the number of the first record that remains. Verification accepts a later beginning only if a
 * record names it.
 * @throws if that record cannot be read: then no file may be deleted.
 */
export async function describeShortening(logDir: string, files: readonly string[]): Promise<AuditFacts<'trail_shortened'>> {
  const dir = join(logDir, 'audit')
  const deleted = new Set(files.map(file => basename(file)))
  const first = listAuditFiles(dir).find(({ name }) => !deleted.has(name))
  for await (const { file, text } of readAuditLines(dir, first === undefined ? [] : [first])) {
    const seq = parseAuditRecord(text)?.seq
    if (seq !== undefined) return { audit_files: files, audit_from_seq: seq }
    throw new Error(`${file} does not begin with a valid record`)
  }
  throw new Error('no record of the trail would remain')
}
