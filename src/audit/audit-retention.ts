import { join } from 'node:path'
import type { RetentionReport } from '../logging/retention/retention-run.ts'
import type { AuditFacts } from './audit-events.ts'
import { readAuditLines } from './audit-files.ts'
import { parseAuditRecord } from './audit-record.ts'

/**
 * What a record says of a run of the log's retention. Where files of the trail itself went, because their years are over, it says which record the
 * trail begins with from now on: verification accepts a beginning that a record accounts for, and no other.
 */
export async function describeRetention(logDir: string, report: RetentionReport): Promise<AuditFacts> {
  const { compressed, deleted, failed } = report
  const ownFiles = deleted.filter(({ file, reason }) => file.startsWith('audit') && reason === 'age').map(({ file }) => file)
  return {
    compressed: compressed.length,
    deleted: deleted.length,
    failed: failed.length,
    ...(ownFiles.length > 0 && { audit_files: ownFiles, audit_from_seq: await firstSeq(join(logDir, 'audit')) }),
  }
}

async function firstSeq(dir: string): Promise<number | undefined> {
  try {
    for await (const { text } of readAuditLines(dir)) return parseAuditRecord(text)?.seq
  } catch {
    // A file that cannot be read: verification will name it, and the run is told all the same.
  }
  return undefined
}
