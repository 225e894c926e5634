import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import knowledge from './knowledge/knowledge.ts'
import searchEngine from './knowledge/search-engine.ts'

/**
 * The documents and their index.
 *
 * Needs `edge`, `observe` and `store`. Gives search, and changes of documents.
 */
export function registerKnowledge(app: FastifyInstance, { config }: { readonly config: Config }): void {
  app.register(searchEngine, { config })
  app.register(knowledge)
}
