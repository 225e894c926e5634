import { snakeCase } from '../../base/camel-case.ts'
import { type SessionRow, toStoredSession } from '../../database/sessions/session-rows.ts'
import { createTurnStore } from '../../database/turn-store.ts'
import { readLog } from '../../logging/reading/log-reader.ts'
import { appendCommand } from '../command-record.ts'
import { findUser, type PrivacyDeps } from './privacy-deps.ts'

/** More turns than a session has. */
const ALL = Number.MAX_SAFE_INTEGER

/**
 * Runs `pellucid privacy export`: prints everything stored about a user as JSON, with the record of
 * the export in the audit trail. Resolves to the exit code: 1 if a log file cannot be read.
 * @throws If the record cannot be written. Nothing is printed then.
 */
export async function runPrivacyExport(userId: string, { json }: { readonly json: boolean }, deps: PrivacyDeps): Promise<number> {
  const { database, pseudonym, config, stdout, stderr } = deps
  const user = findUser(deps, userId)
  const turns = createTurnStore(database)
  const sessions = []
  for (const id of user.sessions) {
    const row = database.get<SessionRow>`SELECT * FROM sessions WHERE id = ${id}`
    // Retention has deleted it since.
    if (row === undefined) continue
    const { user: _user, id: _id, ...session } = toStoredSession(row)
    const said = (await turns.list(id, { limit: ALL })).toReversed()
    const idempotencyRecords = database.all`SELECT key, fingerprint, idempotency_keys.turn_id, expires_at, passages
      FROM idempotency_keys JOIN turns USING (turn_id) WHERE session_id = ${id}`
    sessions.push({ session: pseudonym.session(id), ...session, turns: said.map(withoutSession), idempotencyRecords })
  }
  let exitCode = 0
  const onProblem = (path: string, problem: string) => {
    exitCode = 1
    stderr.write(`${path}: ${problem}\n`)
  }
  const lines = new Map<string, unknown>()
  const names = user.sessions.flatMap(id => [id, pseudonym.session(id)])
  for (const fields of [{ user_id: user.pseudonyms }, { session_id: names }])
    for await (const batch of readLog(config.logDir, { fields }, { onProblem }))
      for (const { text, record } of batch) lines.set(text, record)

  const counts = {
    of_users: user.pseudonyms,
    sessions: sessions.length,
    turns: sessions.reduce((sum, { turns }) => sum + turns.length, 0),
    log_lines: lines.size,
  }
  const { seq, hash } = appendCommand('user_exported', counts, deps)
  const exported = { receipt: { ...counts, audit: { seq, hash } }, sessions, log: [...lines.values()] }
  stdout.write(`${JSON.stringify(exported, toSnakeCase, json ? undefined : 2)}\n`)
  return exitCode
}

/** The id opens the session. The turn's other facts are about its user. */
function withoutSession<T extends { readonly receipt: { readonly sessionId: string } }>({ receipt, ...turn }: T) {
  const { sessionId: _sessionId, ...kept } = receipt
  return { ...turn, ...kept }
}

/** Names outside the process are snake_case. */
function toSnakeCase(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [snakeCase(name), entry]))
}
