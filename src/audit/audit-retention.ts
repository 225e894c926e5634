import { join } from 'node:path'
import type { RetentionReport } from '../logging/retention/retention-run.ts'
import type { AuditFacts } from './audit-events.ts'
import { readAuditLines } from './audit-files.ts'
import { parseAuditRecord } from './audit-record.ts'

/**
 * Returns the facts of a retention run. If it deleted files of the trail, they include the number
 * of the first remaining record: verification accepts a later beginning only if a record names it.
 */
export async function describeRetention(logDir: string, report: RetentionReport): Promise<AuditFacts<'retention_run'>> {
  const { compressed, deleted, failed } = report
  const ownFiles = deleted.filter(({ file, reason }) => file.startsWith('audit') && reason === 'age').map(({ file }) => file)
  return {
    compressed: compressed.length,
    deleted: deleted.length,
    failed: failed.length,
    ...(ownFiles.length > 0 && { audit_files: ownFiles, audit_from_seq: await findFirstSeq(join(logDir, 'audit')) }),
  }
}

async function findFirstSeq(dir: string): Promise<number | undefined> {
  try {
    for await (const { text } of readAuditLines(dir)) return parseAuditRecord(text)?.seq
  } catch {
    // An unreadable file: verification reports it, and the run is recorded without the number.
  }
  return undefined
}
