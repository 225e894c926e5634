import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { MAX_DOCUMENT_BYTES } from '../document.ts'
import { furnitureKey } from '../formats/html/furniture.ts'
import { readJsonLines } from '../formats/json-lines.ts'
import { createTimeBudget } from '../formats/limits/time-budget.ts'
import { readFrontMatter } from '../formats/markdown/front-matter.ts'
import { findSiteNames, withoutSiteNames } from '../formats/page-title.ts'
import { formatOf } from '../formats/source-format.ts'
import { decodeText } from '../formats/text-decoder.ts'
import { sizeOfFile } from './regular-file.ts'
import { findRepeatedBlocks, isShared, type Page } from './repeated-blocks.ts'
import type { SourceFile } from './source-finder.ts'

/** The parts of the documents of a run that many of them share. */
export interface SharedParts {
  /** By file the keys of blocks that are not indexed. */
  readonly repeated: ReadonlyMap<string, readonly string[]>
  /** By file the parts of its title, or of the titles in it, that name the site. */
  readonly siteNames: ReadonlyMap<string, readonly string[]>
}

/** What is collected from the files. */
interface Collected {
  readonly pages: Map<string, Page>
  /** Descriptions in front matter, by file. */
  readonly descriptions: Map<string, string>
  /** By folder ingested, or file of JSON Lines, the titles with their files. */
  readonly titles: Map<string, [file: string, title: string][]>
}

/** Titles of one folder that are compared. */
const MAX_TITLES = 20_000

/**
 * Finds what the documents of a run share: blocks of HTML pages that are part of the layout,
 * descriptions that many pages of Markdown repeat, and the name of the site in titles. Parses each
 * HTML file once, and of Markdown only the front matter.
 */
export async function findSharedParts(files: readonly SourceFile[]): Promise<SharedParts> {
  const collected: Collected = { pages: new Map(), descriptions: new Map(), titles: new Map() }
  for (const file of files) {
    // A file that cannot be read is reported when it is ingested.
    await collect(file, collected).catch(() => undefined)
    // Parsing takes CPU time: let other work of this process run.
    await setImmediate()
  }
  const repeated = new Map([...findRepeatedBlocks(collected.pages), ...findDescriptions(collected.descriptions)])
  return { repeated, siteNames: siteNamesByFile(collected.titles) }
}

async function collect({ file, base }: SourceFile, { pages, descriptions, titles }: Collected): Promise<void> {
  const addTitle = (group: string, title: string | undefined) => {
    const same = titles.get(group) ?? []
    titles.set(group, same)
    if (title !== undefined && same.length < MAX_TITLES) same.push([file, title])
  }
  const format = formatOf(file)
  const size = await sizeOfFile(file)
  if (format === 'json-lines')
    for await (const line of readJsonLines(file)) addTitle(file, line.kind === 'document' ? line.document.title : undefined)
  if ((format !== 'html' && format !== 'markdown') || size > MAX_DOCUMENT_BYTES) return
  const text = decodeText(await readFile(file)).replace(/\r\n?/g, '\n')
  if (format === 'html') {
    const { parseHtml } = await import('../formats/html/html.ts')
    const { title, sections } = parseHtml(text, createTimeBudget(text.length), file)
    pages.set(
      file,
      sections.flatMap(({ blocks }) => blocks.map(furnitureKey)),
    )
    addTitle(base, title)
  } else {
    const { title, description } = readFrontMatter(text)
    if (description !== undefined) {
      const { readInline } = await import('../formats/markdown/inline-text.ts')
      descriptions.set(file, readInline(description))
    }
    addTitle(base, title)
  }
}

/** Returns the keys of descriptions that many pages have. */
function findDescriptions(descriptions: ReadonlyMap<string, string>): [string, readonly string[]][] {
  const counts = new Map<string, number>()
  for (const text of descriptions.values()) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...descriptions].flatMap(([file, text]) => {
    const key = isShared(counts.get(text)!, descriptions.size) ? furnitureKey({ kind: 'prose', text }) : undefined
    return key === undefined ? [] : [[file, [key]] as [string, readonly string[]]]
  })
}

/** A file has only the names that its own titles contain: another page does not change its hash. */
function siteNamesByFile(titles: Collected['titles']): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const group of titles.values()) {
    const names = findSiteNames(group.map(([, title]) => title))
    for (const [file, title] of names.length === 0 ? [] : group)
      if (withoutSiteNames(title, names) !== title) found.set(file, names)
  }
  return found
}
