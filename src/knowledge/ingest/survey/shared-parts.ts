import { furnitureKey } from '../../formats/html/furniture.ts'
import { findSiteNames, withoutSiteNames } from '../../formats/page-title.ts'
import { formatOf } from '../../formats/source-format.ts'
import type { SourceFile } from '../source-finder.ts'
import { type FileSurvey, MAX_TITLES } from './file-survey.ts'
import { findRepeatedBlocks, isShared, type Page } from './repeated-blocks.ts'

/** What a document shares with others of a run. */
export interface SharedParts {
  /** Keys of blocks that are not indexed. */
  readonly repeated?: readonly string[]
  /** The parts of its title, or of the titles in its file, that name the site. */
  readonly siteNames?: readonly string[]
}

/** A file with its survey. */
export type SurveyedFile = readonly [source: SourceFile, survey: FileSurvey]

/**
 * Finds by file what the documents of a run share: blocks of HTML pages that are part of the
 * layout, descriptions that many pages of Markdown repeat, and the name of the site in titles.
 */
export function findSharedParts(files: readonly SurveyedFile[]): ReadonlyMap<string, SharedParts> {
  const pages = new Map<string, Page>()
  const descriptions = new Map<string, string>()
  for (const [{ file }, { page, description }] of files) {
    if (page !== undefined) pages.set(file, page)
    if (description !== undefined) descriptions.set(file, description)
  }
  const shared = new Map<string, SharedParts>()
  for (const [file, repeated] of [...findRepeatedBlocks(pages), ...findDescriptions(descriptions)]) shared.set(file, { repeated })
  for (const [file, siteNames] of findNamesByFile(files)) shared.set(file, { ...shared.get(file), siteNames })
  return shared
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
function findNamesByFile(files: readonly SurveyedFile[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  // The pages of a folder belong to one site, and so do the lines of a file.
  const groups = Map.groupBy(files, ([{ file, base }]) => (formatOf(file) === 'json-lines' ? file : base))
  for (const group of groups.values()) {
    const titles = group.flatMap(([{ file }, survey]) => survey.titles.map(title => ({ file, title }))).slice(0, MAX_TITLES)
    const names = findSiteNames(titles.map(({ title }) => title))
    for (const { file, title } of names.length === 0 ? [] : titles)
      if (withoutSiteNames(title, names) !== title) found.set(file, names)
  }
  return found
}
