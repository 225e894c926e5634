import { existsSync } from 'node:fs'
import { keyStorePath, openKeyStore } from './key-store.ts'
import { MACHINE } from './keyring.ts'
import type { Pseudonymizer } from './pseudonym.ts'

/**
 * Returns the pseudonyms that a user id has in the database and in the log: one without access
 * control, and one for each of these applications.
 */
export function pseudonymsOf(pseudonym: Pseudonymizer, userId: string, applications: readonly string[]): readonly string[] {
  return [pseudonym(userId), ...[...new Set(applications)].map(application => pseudonym(userId, application))]
}

/** Lists the applications that ever had a key, and that of the token of the machine. */
export function listApplications(dataDir: string): readonly string[] {
  if (!existsSync(keyStorePath(dataDir))) return []
  const store = openKeyStore(dataDir, { isServer: false })
  try {
    return [MACHINE.application, ...store.list().map(({ application }) => application)]
  } finally {
    store.close()
  }
}
