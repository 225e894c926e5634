import type { DocumentFormat } from '../document.ts'
import { readFrontMatter } from './markdown/front-matter.ts'

/** A page that may have a title. */
export interface TitledText {
  readonly text: string
  readonly format: DocumentFormat
}

/** What separates the name of a page from that of its site. */
const SEPARATOR = / (?:[|·•»–—-]|::) |:{1,2} /g
/** Longer titles, and titles of more parts, name no site. */
const MAX_TITLE_CHARS = 300
const MAX_PARTS = 5
/** The name of a site is in at least this number and share of the titles. */
const MIN_TITLES = 4
const MIN_SHARE = 0.5
/** A page of HTML is searched up to here for its title. */
const MAX_HEAD_CHARS = 20_000

/**
 * Returns the parts of a title that may name the site: those before a separator, which end with a
 * space, and those after one, such as ` | Docs`.
 */
export function siteNamesIn(title: string): string[] {
  if (title.length > MAX_TITLE_CHARS) return []
  const separators = Array.from(title.matchAll(SEPARATOR), ({ 0: written, index }) => ({ index, end: index + written.length }))
  if (separators.length >= MAX_PARTS) return []
  const inner = separators.filter(({ index, end }) => index > 0 && end < title.length)
  return inner.flatMap(({ index, end }) => [title.slice(0, end), title.slice(index)])
}

/** Returns the names of the site that most of these titles begin or end with, longest first. */
export function findSiteNames(titles: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const title of titles) for (const name of siteNamesIn(title)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const limit = Math.max(MIN_TITLES, MIN_SHARE * titles.length)
  const shared = [...counts].filter(([, count]) => count >= limit)
  return shared.map(([name]) => name).sort((a, b) => b.length - a.length)
}

/** Removes the names of the site from the beginning and the end of a title. */
export function withoutSiteNames(title: string, names: readonly string[]): string {
  const before = names.find(name => name.endsWith(' ') && title.length > name.length && title.startsWith(name)) ?? ''
  const page = title.slice(before.length)
  const after = names.find(name => !name.endsWith(' ') && page.length > name.length && page.endsWith(name)) ?? ''
  return page.slice(0, page.length - after.length)
}

/** Whether a text may have a title that `readTitle` finds. Cheap, unlike reading it. */
export function mayHaveTitle({ text, format }: TitledText): boolean {
  return format === 'markdown' ? /^(?:---|\+\+\+)/.test(text) : format === 'html'
}

/**
 * Returns the title in a text without parsing all of it; undefined for other formats. Takes up to
 * 100 ms for 20,000 characters of front matter.
 */
export function readTitle({ text, format }: TitledText): string | undefined {
  if (format === 'markdown') return readFrontMatter(text.replace(/\r\n?/g, '\n')).title
  if (format !== 'html' || /<h1\b/i.test(text)) return undefined
  return /<title\b[^>]{0,200}>([^<]*)</i.exec(text.slice(0, MAX_HEAD_CHARS))?.[1]?.replace(/\s+/g, ' ').trim()
}
