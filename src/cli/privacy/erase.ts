import { setTimeout as delay } from 'node:timers/promises'
import { findServer } from '../../database/data-directory.ts'
import { claimLogErasure, readLogErasures } from '../../database/privacy/log-erasures.ts'
import { ChatError, messageOf } from '../../errors.ts'
import { eraseFromLog, type LogErasureReport } from '../../logging/erasure/log-erasure.ts'
import { appendCommand, describeFailure } from '../command-record.ts'
import { findUser, type PrivacyDeps } from './privacy-deps.ts'

/** Waits for another erasure, for readers of the database, and for the server. */
const MAX_WAIT_MS = 120_000
const CHECK_MS = 50
/** Lines may wait in the server for this long before the command began. */
const RECENT_MS = 3_600_000
const NOTHING: LogErasureReport = { files: 0, bytes: 0, erased: [], failed: [] }

/**
 * Runs `pellucid privacy erase`: erases a user's text from the database and the log, and prints a
 * receipt. Resolves to the exit code: 1 if something is left, or the record could not be written.
 * The rest is erased by the server, or by the next run.
 */
export async function runPrivacyErase(userId: string, { json }: { readonly json: boolean }, deps: PrivacyDeps): Promise<number> {
  const { database, config, stdout, stderr, now } = deps
  const startedAt = now()
  const release = await until(() => claimLogErasure(config.dataDir))
  if (release === undefined) throw new ChatError('DATABASE_BUSY', { message: 'Another erasure is in progress. Try again later' })
  const found = { sessions: 0, turns: 0, feedback: 0, idempotency_records: 0 }
  let log: LogErasureReport
  let left: readonly string[]
  try {
    // A session that the user opens in the meantime is erased too.
    for (let user = findUser(deps, userId); ; user = findUser(deps, userId)) {
      await database.write('requestLogErasure', [...user.pseudonyms, ...user.sessions])
      for (const id of user.sessions) {
        const { turns, feedback, idempotencyRecords } = await database.write('eraseSession', id)
        found.sessions++
        found.turns += turns
        found.feedback += feedback
        found.idempotency_records += idempotencyRecords
      }
      if (user.sessions.length === 0) break
    }
    const isErased = await until(async () => (await database.erased()) || undefined)
    left = isErased ? [] : ['The database: another process reads it']
    const { names, upTo } = readLogErasures(database)!
    const named = new Set(names.flatMap(name => [name, deps.pseudonym.session(name)]))
    // The database has been erased, which is to be recorded.
    log = await eraseFromLog({ dir: config.logDir, names: named }).catch(err => ({
      ...NOTHING,
      failed: [{ file: config.logDir, err }],
    }))
    if (log.failed.length > 0) left = [...left, ...log.failed.map(({ file, err }) => `${file}: ${messageOf(err)}`)]
    else if (findServer(config.dataDir) === undefined) await database.write('finishLogErasures', upTo)
    else {
      await database.write('narrowLogErasures', { upTo, since: startedAt - RECENT_MS })
      release()
      // The server has lines in memory. It writes them, and erases in the files written since.
      const isFinished = await until(() => ((readLogErasures(database)?.upTo ?? 0) < upTo ? true : undefined))
      if (!isFinished) left = [...left, 'The log: the server has not written its lines']
    }
  } finally {
    release()
  }
  const { pseudonyms } = findUser(deps, userId)
  const lines = log.erased.reduce((sum, { lines }) => sum + lines, 0)
  const receipt = {
    of_users: pseudonyms,
    ...found,
    log_lines: lines,
    log_files: log.erased.length,
    searched_files: log.files,
    searched_bytes: log.bytes,
    complete: left.length === 0,
  }
  const record = tryToRecord(receipt, deps)
  for (const problem of left) stderr.write(`Not erased yet: ${problem}\n`)
  stdout.write(json ? `${JSON.stringify({ ...receipt, audit: record })}\n` : describe(receipt, record))
  return receipt.complete && record !== undefined ? 0 : 1
}

type Receipt = Readonly<Record<string, unknown>>
interface RecordName {
  readonly seq: number
  readonly hash: string
}

/** The erasure has happened: a trail that cannot be written does not undo it. */
function tryToRecord(receipt: Receipt, deps: PrivacyDeps): RecordName | undefined {
  try {
    const { seq, hash } = appendCommand('user_erased', receipt, deps)
    return { seq, hash }
  } catch (error) {
    deps.stderr.write(`${describeFailure(error)}\n`)
    return undefined
  }
}

function describe(receipt: Receipt, record: RecordName | undefined): string {
  return [
    `Erased ${receipt.of_users}`,
    `  database: ${receipt.sessions} sessions, ${receipt.turns} turns, ${receipt.feedback} judgements, ${receipt.idempotency_records} idempotency records`,
    `  log: the text of ${receipt.log_lines} lines in ${receipt.log_files} files; ${receipt.searched_files} files were searched`,
    `  audit trail: ${record === undefined ? 'not recorded' : `record ${record.seq}, hash ${record.hash}`}`,
    '',
  ].join('\n')
}

/** Resolves to the first value that is defined; undefined if none is in time. */
async function until<Value>(find: () => Value | undefined | Promise<Value | undefined>): Promise<Value | undefined> {
  for (let waitedMs = 0; ; waitedMs += CHECK_MS) {
    const value = await find()
    if (value !== undefined || waitedMs >= MAX_WAIT_MS) return value
    await delay(CHECK_MS)
  }
}
