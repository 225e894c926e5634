import { roundMs } from '../base/round-ms.ts'
import type { DatabaseState } from '../database/database-manager.ts'
import type { IndexState } from '../search/index-manager.ts'

const MIB = 1024 * 1024
/** Minimum free disk space. With less, the next write-ahead log may not fit. */
const MIN_FREE_BYTES = 64 * MIB

/**
 * Checks that do not affect readiness: requests are answered without audit trail, log and
 * telemetry. Damage affects only the requests that need what is damaged.
 */
const OPTIONAL_CHECKS: ReadonlySet<string> = new Set(['damage', 'audit', 'log', 'telemetry', 'notifications'])

/** The state of the components that a request needs. */
export interface ComponentStates {
  readonly database: DatabaseState
  /** The failure of a read made for this check. */
  readonly readFailure: string | undefined
  /** The last search for damage of the database. */
  readonly damage: Check
  readonly index: IndexState
  /** Says that there are no documents of the operator; undefined if there are some. */
  readonly missingDocuments: string | undefined
  /** Undefined if the data folder is missing or the disk does not respond. */
  readonly freeBytes: number | undefined
  readonly auditFailure: string | undefined
  readonly logFailure: string | undefined
  readonly telemetry: Check
  readonly notifications: Check
}

export interface Check {
  readonly ok: boolean
  readonly detail: string
}

export interface Readiness {
  readonly status: 'ready' | 'not ready'
  readonly checks: Readonly<
    Record<'database' | 'writer' | 'damage' | 'index' | 'disk' | 'audit' | 'log' | 'telemetry' | 'notifications', Check>
  >
}

/** Whether the server can do its work, with one check for each component. */
export function checkReadiness(states: ComponentStates): Readiness {
  const { damage, index, missingDocuments, auditFailure, logFailure, telemetry, notifications } = states
  const checks = {
    database: checkDatabase(states),
    writer: checkWriter(states.database),
    damage,
    index: { ok: index.ready, detail: describeIndex(index, missingDocuments) },
    disk: checkDisk(states.freeBytes),
    audit: { ok: auditFailure === undefined, detail: auditFailure ?? 'all records are written' },
    log: { ok: logFailure === undefined, detail: logFailure ?? 'all lines are written' },
    telemetry,
    notifications,
  }
  const isReady = Object.entries(checks).every(([name, { ok }]) => ok || OPTIONAL_CHECKS.has(name))
  return { status: isReady ? 'ready' : 'not ready', checks }
}

function checkDatabase({ database: { open, walBytes, pendingErasures }, readFailure }: ComponentStates): Check {
  const state = readFailure === undefined ? (open ? 'open' : 'closed') : `read failed: ${readFailure}`
  const erasures = pendingErasures === 0 ? '' : `, erasures pending: ${pendingErasures}`
  return { ok: open && readFailure === undefined, detail: `${state}, write-ahead log ${inMib(walBytes)} MiB${erasures}` }
}

function checkWriter({ writer, isFailing, isStalled, waitingWrites, lastCommitMs }: DatabaseState): Check {
  const failed = isStalled ? ', stalled' : isFailing ? ', last write failed' : ''
  const took = lastCommitMs === undefined ? '' : `, last commit took ${roundMs(lastCommitMs)} ms`
  const ok = writer === 'running' && !isFailing && !isStalled
  return { ok, detail: `${writer}${failed}, ${waitingWrites} writes waiting${took}` }
}

function checkDisk(freeBytes: number | undefined): Check {
  if (freeBytes === undefined) return { ok: false, detail: 'the data folder is missing, or the disk does not respond' }
  return { ok: freeBytes >= MIN_FREE_BYTES, detail: `${inMib(freeBytes)} MiB free, minimum ${MIN_FREE_BYTES / MIB} MiB` }
}

function describeIndex({ documents, passages, rebuild, saveFailed }: IndexState, missing: string | undefined): string {
  const content = `${passages} passages of ${documents} documents${missing === undefined ? '' : `. ${missing}`}`
  const failed = saveFailed ? ', last save failed' : ''
  if (rebuild === undefined) return `${content}${failed}`
  const { documentsDone, documentsTotal, earlierServes } = rebuild
  const progress = `rebuilding, ${documentsDone} of ${documentsTotal} documents done`
  return `${progress}${earlierServes ? `; searches use the previous index, ${content}` : ''}${failed}`
}

function inMib(bytes: number): number {
  return Math.floor(bytes / MIB)
}
