import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ChatError } from '../errors.ts'
import { findLastRecord, hasContent, holdsRecord } from './audit-last-record.ts'
import { AUDIT_HEAD_FILE, auditStatePath, type KnownTrail, openAuditState } from './audit-state.ts'

/** The two folders of a server, which hold the head and the files of one trail. */
export interface AuditFolders {
  readonly dataDir: string
  readonly logDir: string
}

/**
 * Checks that the head in DATA_DIR and the files in LOG_DIR belong to one trail, and creates
 * nothing. Returns whether there is a trail.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if they do not, and the system's error if one of them
 *   cannot be read.
 */
export function checkAuditTrail(folders: AuditFolders): boolean {
  const known = readKnownTrail(folders.dataDir)
  requireSameTrail(folders, known)
  return known.head !== undefined || hasContent(join(folders.logDir, 'audit'))
}

/**
 * Checks the same, but a head or files that cannot be read are no mismatch: writing the first
 * record will fail and report why. Returns false only if there is certainly no trail.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH
 */
export function refuseForeignTrail(folders: AuditFolders): boolean {
  try {
    return checkAuditTrail(folders)
  } catch (error) {
    if (error instanceof ChatError) throw error
    return true
  }
}

/** Reads the head of a data directory without creating one. */
export function readKnownTrail(dataDir: string): KnownTrail {
  // Not existsSync, which also returns false for a folder that may not be read.
  if (statSync(auditStatePath(dataDir), { throwIfNoEntry: false }) === undefined) return { trailId: undefined, head: undefined }
  const state = openAuditState(dataDir)
  try {
    return state.known()
  } finally {
    state.close()
  }
}

/**
 * Continuing another trail would break both of them for good, so a mismatch is an error, whereas
 * damage to the end of the same trail is recorded in it. Missing files count as a mismatch: LOG_DIR
 * is more often mistyped than emptied, and nothing on disk distinguishes the two.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH
 */
export function requireSameTrail({ dataDir, logDir }: AuditFolders, known: KnownTrail): void {
  const difference = findDifference(join(logDir, 'audit'), known)
  if (difference === undefined) return
  throw new ChatError('AUDIT_TRAIL_MISMATCH', {
    message:
      `LOG_DIR "${logDir}" ${difference.found}, but DATA_DIR "${dataDir}" ${difference.expected}. ` +
      'Set LOG_DIR and DATA_DIR to the folders of the same server. Nothing was written. ' +
      `To begin a new trail instead, move ${difference.remainder} to an archive and start the server`,
    facts: { log_dir: logDir, data_dir: dataDir },
  })
}

interface Difference {
  /** The files to move away before a new trail can begin. */
  readonly remainder: string
  readonly found: string
  readonly expected: string
}

function findDifference(dir: string, { trailId, head }: KnownTrail): Difference | undefined {
  const isNew = trailId === undefined && head === undefined
  const expected = isNew
    ? 'does not contain the head of any trail'
    : `has the head of ${nameTrail(trailId)}${head ? ` with ${head.seq} records` : ''}`
  const files = '"audit" in LOG_DIR'
  const headFiles = `"${AUDIT_HEAD_FILE}*" in DATA_DIR`
  if (!hasContent(dir)) return head && { remainder: headFiles, found: 'holds no audit trail', expected }
  const last = findLastRecord(dir)?.record
  const found = last ? `holds ${nameTrail(last.trail)}` : 'holds audit files without a valid record'
  if (isNew) return { remainder: files, found, expected }
  // Without a valid record nothing shows that this is another trail: it is damaged.
  if (last === undefined) return undefined
  const isSame =
    trailId !== undefined && last.trail !== undefined
      ? trailId === last.trail
      : // Early versions gave trails no id: the record that the head names identifies them.
        head !== undefined && holdsRecord(dir, head)
  return isSame ? undefined : { remainder: `${files} and ${headFiles}`, found, expected }
}

function nameTrail(trailId: string | undefined): string {
  return trailId === undefined ? 'an audit trail without an id' : `audit trail ${trailId}`
}
