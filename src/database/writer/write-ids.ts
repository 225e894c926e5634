import type { LogContext } from '../../logging/record/log-context.ts'
import type { WriteName, WriteParams, WriteResult } from './writes.ts'

type IdsOf<Name extends WriteName> = (params: WriteParams<Name>, result: WriteResult<Name>) => LogContext | undefined

/** The ids of each write. Writes that are not listed have none, or too many to log. */
const IDS: { readonly [Name in WriteName]?: IdsOf<Name> } = {
  openSession: ({ session: { id, user } }) => ids(id, user),
  updateSession: ({ id }) => ids(id),
  deleteSession: ({ id }, deleted) => deleted && ids(id, deleted.user),
  appendTurn: ({ row: { session_id, user, turn_id } }) => ids(session_id, user, turn_id),
  eraseTurns: sessionId => ids(sessionId),
  recordFeedback: ({ turnId }, judged) => judged && ids(judged.sessionId, judged.user, turnId),
}

/**
 * Returns session, turn and user of a write that succeeded. A failed write has none, because its
 * session or turn may not exist.
 */
export type IdsOfWrite = (name: WriteName, params: unknown, result: unknown) => LogContext | undefined

/** Creates it. @param nameSession Returns the pseudonym of a session id. */
export function createWriteIds(nameSession: (id: string) => string): IdsOfWrite {
  return (name, params, result) => {
    // The queue typed parameters and result by the name; the type is lost across threads.
    const found = (IDS[name] as ((params: unknown, result: unknown) => LogContext | undefined) | undefined)?.(params, result)
    return found?.session_id === undefined ? found : { ...found, session_id: nameSession(found.session_id) }
  }
}

function ids(session_id: string, user_id?: string, turn_id?: string): LogContext {
  return { session_id, ...(user_id !== undefined && { user_id }), ...(turn_id !== undefined && { turn_id }) }
}
