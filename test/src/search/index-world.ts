import { join } from 'node:path'
import type { Test } from 'tap'
import type { DocumentChange, DocumentStore } from '../../../src/knowledge/document.ts'
import type { Log } from '../../../src/logging/log.ts'
import { createIndexManager, type IndexManager, type IndexManagerOptions } from '../../../src/search/index-manager.ts'

export type Store = Pick<DocumentStore, 'changesSince' | 'revision' | 'count'>

/** Documents in memory, in the order of their last change. */
export class MemoryStore implements Store {
  readonly #changes = new Map<string, DocumentChange>()
  #revision = 0
  reads = 0

  put(documentId: string, ...texts: string[]): void {
    const passages = texts.map((text, ordinal) => ({ ordinal, headings: [], location: `${documentId}#${ordinal}`, text }))
    this.#changes.delete(documentId)
    this.#changes.set(documentId, { documentId, title: documentId, passages, revision: ++this.#revision })
  }

  async revision(): Promise<number> {
    return this.#revision
  }

  async count(): Promise<number> {
    return [...this.#changes.values()].filter(({ passages }) => passages.length > 0).length
  }

  async changesSince(revision: number, limit: number) {
    this.reads++
    const changes = [...this.#changes.values()].filter(change => change.revision > revision).slice(0, limit)
    return { revision: changes.at(-1)?.revision ?? revision, changes }
  }
}

/** A log that records its lines as `level message`. */
function memoryLog(): Log & { readonly lines: { readonly message: string; readonly facts: object }[] } {
  const lines: { message: string; facts: object }[] = []
  const write = (level: string) => (facts: object, message: string) => void lines.push({ message: `${level} ${message}`, facts })
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/**
 * Creates a store, a file and a log, and index managers that use them. Their clock is fixed by
 * default.
 */
export function makeWorld(t: Test, options: Partial<IndexManagerOptions> = {}) {
  const store = new MemoryStore()
  const log = memoryLog()
  const path = join(t.testdir(), 'search-index.bin')
  const createManager = (more: Partial<IndexManagerOptions> = {}) =>
    createIndexManager({ store, path, log, now: () => 0, ...options, ...more })
  return { store, log, path, createManager }
}

/** The document ids of the ten best passages. */
export const found = (manager: IndexManager, query: string) => manager.engine.search(query, 10).hits.map(hit => hit.documentId)
