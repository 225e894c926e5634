import { listApplications } from '../access/user-pseudonyms.ts'
import { applicationOf, SOURCES } from '../webhooks/webhook.ts'

/** Lists the applications whose users have pseudonyms of their own: of keys, and of webhooks. */
export function listAllApplications(dataDir: string): readonly string[] {
  return [...listApplications(dataDir), ...SOURCES.map(applicationOf)]
}
