import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

/**
 * Ingests the folder `kb` of `site`, whose documents may include files of `site`, and returns how
 * to read the first passage of a document.
 */
export async function ingestFiles(t: Test, files: Readonly<Record<string, string>>, baseUrl?: string) {
  const root = t.testdir()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  const store = createMemoryDocumentStore()
  const cwd = join(root, 'site')
  const options = { store, prune: false, now: () => 0, cwd, includeRoots: ['.'], ...(baseUrl !== undefined && { baseUrl }) }
  const report = await ingest(['kb'], options)
  const text = async (id: string) => (await store.passages([{ documentId: id, ordinal: 0 }]))[0]?.text
  return { report, store, text }
}
