import { PRIVACY_WRITES } from '../privacy/privacy-writes.ts'
import { DOCUMENT_WRITES } from './document-writes.ts'
import { PROBE_WRITE } from './probe-write.ts'
import { SESSION_WRITES } from './session-writes.ts'
import { TURN_WRITES } from './turn-writes.ts'

/**
 * All writes by name. Each is a function of the connection and of parameters that can be cloned,
 * and runs in the writer thread.
 */
export const WRITES = { ...SESSION_WRITES, ...TURN_WRITES, ...DOCUMENT_WRITES, ...PRIVACY_WRITES, ...PROBE_WRITE }

export type WriteName = keyof typeof WRITES
export type WriteParams<Name extends WriteName> = Parameters<(typeof WRITES)[Name]>[1]
export type WriteResult<Name extends WriteName> = ReturnType<(typeof WRITES)[Name]>

/** The main statement of each write for spans and metrics: a verb and a table. */
export const WRITE_SUMMARIES: { readonly [Name in WriteName]: string } = {
  openSession: 'INSERT sessions',
  updateSession: 'UPDATE sessions',
  deleteSession: 'UPDATE sessions',
  expireSessions: 'UPDATE sessions',
  appendTurn: 'INSERT turns',
  eraseTurns: 'UPDATE turns',
  recordFeedback: 'UPDATE turns',
  expireKeys: 'DELETE idempotency_keys',
  putDocuments: 'INSERT documents',
  removeDocuments: 'DELETE documents',
  eraseSession: 'UPDATE turns',
  requestLogErasure: 'INSERT log_erasures',
  narrowLogErasures: 'UPDATE log_erasures',
  finishLogErasures: 'DELETE log_erasures',
  pruneTurns: 'UPDATE turns',
  probe: 'UPDATE storage_probe',
}
