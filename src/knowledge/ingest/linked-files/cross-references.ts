import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path/posix'
import { readLabels, readTitle } from '../../formats/rst/labels.ts'
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

/** Adds the titles of targets in other files to the references of a document. */
export function expandReferences(text: string, { file, base }: SourceFile, { labels, titles }: CrossReferences): string {
  return text.replace(REFERENCE, (whole, role: string, target: string) => {
    const path = target.startsWith('/') ? join(base, target) : join(dirname(file), target)
    const title = role === 'doc' ? titles.get(path) : labels.get(target.trim().toLowerCase())
    return title === undefined || relative(base, path).length > 1000
      ? whole
      : `:${role}:\`${title.replace(/[<>]/g, '')} <${target}>\``
  })
}
