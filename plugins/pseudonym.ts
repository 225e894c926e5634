import fp from 'fastify-plugin'
import { createPseudonymizer, loadPseudonymKey } from '../src/access/pseudonym.ts'
import type { Config } from '../src/config.ts'
import { makeDataDirectory } from '../src/database/data-directory.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The pseudonym of a user, or of anything else that tells who somebody is; the same text always gives the same one. */
    pseudonym(identity: string): string
  }
}

/** Who is it, as far as anybody may know: identities become pseudonyms at the door. */
export default fp<{ readonly config: Pick<Config, 'dataDir' | 'pseudonymKey'> }>(
  async (fastify, { config }) => {
    if (config.pseudonymKey === undefined) makeDataDirectory(config.dataDir)
    fastify.decorate('pseudonym', createPseudonymizer(config.pseudonymKey ?? loadPseudonymKey(config.dataDir)))
  },
  { name: 'pseudonym' },
)
