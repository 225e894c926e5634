import type { DocumentStore, IncomingDocument } from './document.ts'
import { findSiteNames, readTitle, siteNamesIn, withoutSiteNames } from './formats/page-title.ts'

/** Documents whose titles are compared with that of a new one. */
const MAX_COMPARED = 30
/** Longer documents are not compared. */
const MAX_TEXT_BYTES = 200_000

/**
 * Returns the names of the site in the title of a document that is stored alone. Most of the
 * documents next to it, by id, have them in their titles too. A given title is not changed.
 * Reads no document if the title has no separator.
 */
export async function findStoredSiteNames(
  { id, title, text, format }: Pick<IncomingDocument, 'id' | 'title' | 'text' | 'format'>,
  store: Pick<DocumentStore, 'find' | 'list'>,
): Promise<readonly string[]> {
  const own = title === undefined ? readTitle(text, format) : undefined
  if (own === undefined || siteNamesIn(own).length === 0) return []
  const near = await store.list({ after: id.slice(0, id.lastIndexOf('/') + 1), limit: MAX_COMPARED })
  const titles = [own]
  for (const other of near) {
    if (other.id === id || other.owner !== 'operator' || other.textBytes > MAX_TEXT_BYTES) continue
    const stored = await store.find(other.id)
    const written = stored && readTitle(stored.text, stored.format)
    if (written !== undefined) titles.push(written)
  }
  const names = findSiteNames(titles)
  return withoutSiteNames(own, names) === own ? [] : names
}
