import fp from 'fastify-plugin'
import { createPseudonymizer, loadPseudonymKey } from '../src/access/pseudonym.ts'
import type { Config } from '../src/config.ts'
import { makeDataDirectory } from '../src/database/data-directory.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Returns the pseudonym of an identity, such as a user id or an address. It is always the same.
     */
    pseudonym(identity: string): string
  }
}

/** Pseudonyms: the log and the audit trail never contain the identities of users. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'pseudonymKey'> }>(
  async (fastify, { config }) => {
    if (config.pseudonymKey === undefined) makeDataDirectory(config.dataDir)
    fastify.decorate('pseudonym', createPseudonymizer(config.pseudonymKey ?? loadPseudonymKey(config.dataDir)))
  },
  { name: 'pseudonym' },
)
