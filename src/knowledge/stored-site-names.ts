import type { DocumentStore, IncomingDocument } from './document.ts'
import { findSiteNames, mayHaveTitle, siteNamesIn, type TitledText, withoutSiteNames } from './formats/page-title.ts'

/** Documents whose titles are compared with that of a new one. */
const MAX_COMPARED = 30
/** Longer documents are not compared. */
const MAX_TEXT_BYTES = 200_000

/** Reads the titles of pages, in order, as `readTitle` does. */
export type ReadTitles = (pages: readonly TitledText[]) => Promise<readonly (string | undefined)[]>

/**
 * Returns the names of the site in the title of a document that is stored alone. Most of the
 * documents next to it, by id, have them in their titles too. A given title is not changed.
 * Reads no other document if the title has no separator.
 */
export async function findStoredSiteNames(
  { id, title, text, format }: Pick<IncomingDocument, 'id' | 'title' | 'text' | 'format'>,
  store: Pick<DocumentStore, 'find' | 'list'>,
  readTitles: ReadTitles,
): Promise<readonly string[]> {
  if (title !== undefined || !mayHaveTitle({ text, format })) return []
  const [own] = await readTitles([{ text, format }])
  if (own === undefined || siteNamesIn(own).length === 0) return []
  const near = await store.list({ after: id.slice(0, id.lastIndexOf('/') + 1), limit: MAX_COMPARED })
  const compared = near.filter(other => other.id !== id && other.owner === 'operator' && other.textBytes <= MAX_TEXT_BYTES)
  const stored = await Promise.all(compared.map(other => store.find(other.id)))
  const titles = await readTitles(stored.filter(page => page !== undefined))
  const names = findSiteNames([own, ...titles.filter(title => title !== undefined)])
  return withoutSiteNames(own, names) === own ? [] : names
}
