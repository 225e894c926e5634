import fp from 'fastify-plugin'
import { createPseudonymizer, loadPseudonymKey, type Pseudonymizer } from '../../src/access/pseudonym.ts'
import { rememberPseudonymKey } from '../../src/access/pseudonym-keys.ts'
import type { Config } from '../../src/config.ts'
import { makeDataDirectory } from '../../src/database/data-directory.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the pseudonym of a user id, an address or a session id. It is always the same. */
    pseudonym: Pseudonymizer
  }
}

/** Pseudonyms: logs, spans and the audit trail contain no identities of users, nor session ids. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'pseudonymKey'> }>(
  async (fastify, { config }) => {
    makeDataDirectory(config.dataDir)
    const key = config.pseudonymKey ?? loadPseudonymKey(config.dataDir)
    rememberPseudonymKey(config.dataDir, key)
    fastify.decorate('pseudonym', createPseudonymizer(key))
  },
  { name: 'pseudonym' },
)
