import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createPseudonymizer, loadPseudonymKey, type Pseudonymizer } from '../../access/pseudonym.ts'
import { checkPseudonymKey } from '../../access/pseudonym-keys.ts'
import { pseudonymsOf } from '../../access/user-pseudonyms.ts'
import type { Config } from '../../config.ts'
import { type Database, openDatabase } from '../../database/database-manager.ts'
import { ChatError } from '../../errors.ts'
import { listAllApplications } from '../applications.ts'
import type { AuditCommandDeps } from '../audit.ts'

/** Dependencies of the privacy commands. */
export interface PrivacyDeps extends AuditCommandDeps {
  readonly config: Pick<Config, 'dataDir' | 'logDir' | 'logTimezone' | 'pseudonymKey'>
  readonly database: Database
  readonly pseudonym: Pseudonymizer
}

/** A user, as the database and the log name it. */
export interface NamedUser {
  readonly pseudonyms: readonly string[]
  /** Ids of its sessions that are in the database. */
  readonly sessions: readonly string[]
}

/**
 * Opens the database for a command and closes it afterwards; a server may use it.
 * @throws {ChatError} CONFIGURATION_INVALID if there is no database, or no key of pseudonyms, or
 * one that no server used.
 */
export async function withPrivacyDeps<Result>(
  deps: AuditCommandDeps & Pick<PrivacyDeps, 'config'>,
  run: (deps: PrivacyDeps) => Promise<Result>,
): Promise<Result> {
  const { dataDir, pseudonymKey } = deps.config
  const path = join(dataDir, 'pellucid.sqlite')
  for (const needed of pseudonymKey === undefined ? [path, join(dataDir, 'pseudonym.key')] : [path])
    if (!existsSync(needed))
      throw new ChatError('CONFIGURATION_INVALID', { message: `DATA_DIR is not complete: ${needed} does not exist` })
  const key = pseudonymKey ?? loadPseudonymKey(dataDir)
  const others = checkPseudonymKey(dataDir, key)
  if (others > 0)
    deps.stderr.write(`Data stored under another PSEUDONYM_KEY (${others}) is not included. Run the command with each of them\n`)
  const pseudonym = createPseudonymizer(key)
  const database = openDatabase({ path, nameSession: pseudonym.session })
  try {
    return await run({ ...deps, database, pseudonym })
  } finally {
    await database.close()
  }
}

/** Finds a user of every application in the database. Reads all sessions. */
export function findUser({ database, pseudonym, config }: PrivacyDeps, userId: string): NamedUser {
  const pseudonyms = pseudonymsOf(pseudonym, userId, [
    ...listAllApplications(config.dataDir),
    ...applicationsOfSessions(database),
  ])
  const sessions = pseudonyms.flatMap(user => database.all<{ id: string }>`SELECT id FROM sessions WHERE user = ${user}`)
  return { pseudonyms, sessions: sessions.map(({ id }) => id) }
}

function applicationsOfSessions(database: Database): readonly string[] {
  const rows = database.all<{ application: string }>`SELECT DISTINCT application FROM sessions WHERE application IS NOT NULL`
  return rows.map(({ application }) => application)
}
