import { join } from 'node:path'
import { type Answer, createAnswerer } from '../../answering/answerer.ts'
import { createPlannedSearch, searchInContext } from '../../answering/search-in-context.ts'
import { findConfigFile } from '../../base/config-file.ts'
import type { Config } from '../../config.ts'
import { openForQueries } from '../../database/connection.ts'
import { createDocumentReader } from '../../database/document-store.ts'
import { createSql } from '../../database/sql.ts'
import type { DocumentOwner } from '../../knowledge/document.ts'
import { createIndexManager } from '../../search/index-manager.ts'
import { createRetrieval } from '../../search/retrieval.ts'
import { createSmallTalk, type SmallTalkReply } from '../../wording/small-talk.ts'
import { loadTexts } from '../../wording/texts-loader.ts'

/** Answers from the documents of a data directory, which it only reads. */
export interface OfflineAnswers {
  /** Who added the documents; undefined if there are none. */
  readonly owner: DocumentOwner | undefined
  /** Replies as the server replies to the first message of a session. */
  answer(message: string): Promise<Answer | SmallTalkReply>
  close(): void
}

export interface OfflineOptions {
  readonly config: Pick<Config, 'dataDir' | 'answerThreshold' | 'answerLength' | 'configDir' | 'textsFile'>
  /** Called with what takes long. */
  readonly report: (line: string) => void
}

/**
 * Opens the documents and loads the saved index. Changes that the index lacks are applied in
 * memory; without a usable index, one is built there.
 * @throws {ChatError} CONFIGURATION_INVALID, DATABASE_UNAVAILABLE, DATABASE_TOO_NEW
 */
export async function openOfflineAnswers({ config, report }: OfflineOptions): Promise<OfflineAnswers> {
  const { dataDir, answerThreshold: threshold, answerLength } = config
  const db = openForQueries(join(dataDir, 'pellucid.sqlite'))
  try {
    const store = createDocumentReader(createSql(db))
    const show = (_: object, message: string) => report(message)
    const log = { debug() {}, info() {}, warn: show, error: show }
    const index = createIndexManager({ store, path: join(dataDir, 'search-index.bin'), log, now: () => performance.now() })
    await index.open()
    const texts = loadTexts(findConfigFile(config.configDir, 'texts.yaml', config.textsFile))
    const replyToSmallTalk = createSmallTalk(texts)
    const answerer = createAnswerer({ threshold, answerLength, texts })
    const search = createPlannedSearch(createRetrieval(index.engine, store), answerer)
    const owner = await store.owner()
    return {
      owner,
      async answer(message) {
        const smallTalk = replyToSmallTalk(message)
        if (smallTalk !== undefined) return smallTalk
        return answerer.answer(await searchInContext(message, { answerer, search, pastTurns: async () => [] }), owner)
      },
      close: () => db.close(),
    }
  } catch (error) {
    db.close()
    throw error
  }
}
