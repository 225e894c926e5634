import fp from 'fastify-plugin'
import { findConfigFile } from '../../src/base/config-file.ts'
import type { Config } from '../../src/config.ts'
import { createSmallTalk, type ReplyToSmallTalk } from '../../src/wording/small-talk.ts'
import type { Texts } from '../../src/wording/texts.ts'
import { loadTexts } from '../../src/wording/texts-loader.ts'

declare module 'fastify' {
  interface FastifyInstance {
    wording: {
      /** The texts of replies, by language. */
      readonly texts: Texts
      readonly replyToSmallTalk: ReplyToSmallTalk
    }
  }
}

/** Texts of replies. The server does not start with an invalid file of texts. */
export default fp<{ readonly config: Pick<Config, 'configDir' | 'textsFile'> }>(
  async (fastify, { config }) => {
    const texts = loadTexts(findConfigFile(config.configDir, 'texts.yaml', config.textsFile))
    fastify.decorate('wording', { texts, replyToSmallTalk: createSmallTalk(texts) })
  },
  { name: 'wording' },
)
