import { readFile, stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { furnitureKey } from '../formats/html/furniture.ts'
import { decodeText } from '../formats/text-decoder.ts'
import { createTimeBudget } from '../formats/time-budget.ts'
import { MAX_DOCUMENT_BYTES } from './document-reader.ts'
import type { SourceFile } from './source-finder.ts'

/** A block in more documents than this, or than 2 % of them if that is more, is furniture. */
const MIN_DOCUMENTS = 5
const MIN_SHARE = 0.02

/**
 * Finds the blocks that occur word for word in many of the HTML files of a run: navigation, legal
 * notices, banners. Returns their keys by file. Parses each file once.
 */
export async function findRepeatedBlocks(files: readonly SourceFile[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const pages = files.filter(({ file }) => /\.html?$/i.test(file))
  const repeated = new Map<string, readonly string[]>()
  if (pages.length <= MIN_DOCUMENTS) return repeated
  const { parseHtml } = await import('../formats/html/html.ts')
  const counts = new Map<string, number>()
  const keysOf = new Map<string, readonly string[]>()
  for (const { file } of pages) {
    try {
      if ((await stat(file)).size > MAX_DOCUMENT_BYTES) continue
      const text = decodeText(await readFile(file)).replace(/\r\n?/g, '\n')
      const { sections } = parseHtml(text, createTimeBudget(text.length), file)
      const keys = [...new Set(sections.flatMap(({ blocks }) => blocks.map(furnitureKey)))].filter(key => key !== undefined)
      keysOf.set(file, keys)
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    } catch {
      // A file that cannot be read is reported when it is ingested.
    }
    // Parsing takes CPU time: let other work of this process run.
    await setImmediate()
  }
  const limit = Math.max(MIN_DOCUMENTS, MIN_SHARE * pages.length)
  for (const [file, keys] of keysOf) {
    const found = keys.filter(key => counts.get(key)! > limit)
    if (found.length > 0) repeated.set(file, found)
  }
  return repeated
}
