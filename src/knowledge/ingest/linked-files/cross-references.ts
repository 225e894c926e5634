import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path/posix'
import { readLabels, readTitle } from '../../formats/rst/labels.ts'
import { writeTitles } from '../../formats/rst/reference-titles.ts'
import type { SourceFile } from '../source-finder.ts'

/** The titles that references between reStructuredText documents show. */
export interface CrossReferences {
  readonly labels: ReadonlyMap<string, string>
  /** Titles of documents, by path without extension. */
  readonly titles: ReadonlyMap<string, string>
}

const REFERENCE = /:(?:std:)?(ref|numref|doc):`([^`<>\n]+)`/g

/** Reads the labels and titles of all reStructuredText files. */
export async function readCrossReferences(files: readonly SourceFile[]): Promise<CrossReferences> {
  const labels = new Map<string, string>()
  const titles = new Map<string, string>()
  for (const { file } of files) {
    if (!/\.rst$/i.test(file)) continue
    // A file that cannot be read is reported when it is ingested.
    const text = (await readFile(file, 'utf8').catch(() => '')).replace(/\r\n?/g, '\n')
    for (const [label, title] of readLabels(text)) labels.set(label, title)
    const title = readTitle(text)
    if (title !== undefined) titles.set(file.replace(/\.rst$/i, ''), title)
  }
  return { labels, titles }
}

/** Adds the titles of what the references of a document refer to in other files. */
export function addReferenceTitles(text: string, { file, base }: SourceFile, { labels, titles }: CrossReferences): string {
  const found = new Map<string, string>()
  for (const [, role, target = ''] of text.matchAll(REFERENCE)) {
    const path = target.startsWith('/') ? join(base, target) : join(dirname(file), target)
    const title = role === 'doc' ? titles.get(path) : labels.get(target.trim().toLowerCase())
    if (title !== undefined) found.set(role === 'doc' ? `doc ${target}` : `ref ${target.trim().toLowerCase()}`, title)
  }
  return text + writeTitles(found)
}
