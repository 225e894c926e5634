import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path/posix'
import { readLabels, readTitle } from '../../formats/rst/labels.ts'
import { writeTitles } from '../../formats/rst/reference-titles.ts'
import { tocPaths } from '../../formats/rst/toctree.ts'
import { sizeOfFile } from '../regular-file.ts'
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
    const text = (await readRegular(file).catch(() => '')).replace(/\r\n?/g, '\n')
    for (const [label, title] of readLabels(text)) labels.set(label, title)
    const title = readTitle(text)
    if (title !== undefined) titles.set(file.replace(/\.rst$/i, ''), title)
  }
  return { labels, titles }
}

async function readRegular(file: string): Promise<string> {
  await sizeOfFile(file)
  return readFile(file, 'utf8')
}

/** Adds the titles of the other files that a document refers to or lists. */
export function addReferenceTitles(text: string, { file, base }: SourceFile, { labels, titles }: CrossReferences): string {
  const found = new Map<string, string>()
  const titleOf = (path: string) => titles.get(path.startsWith('/') ? join(base, path) : join(dirname(file), path))
  const add = (key: string, title: string | undefined) => title !== undefined && found.set(key, title)
  for (const [, role, target = ''] of text.matchAll(REFERENCE)) {
    const label = target.trim().toLowerCase()
    if (role === 'doc') add(`doc ${target}`, titleOf(target))
    else add(`ref ${label}`, labels.get(label))
  }
  for (const path of tocPaths(text)) add(`doc ${path}`, titleOf(path.replace(/\.rst$/i, '')))
  return text + writeTitles(found)
}
