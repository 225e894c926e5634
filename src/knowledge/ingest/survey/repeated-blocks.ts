import { dirname } from 'node:path'

/** A block in more documents than this, or than 2 % of them if that is more, can be furniture. */
const MIN_DOCUMENTS = 5
const MIN_SHARE = 0.02
/** One within the page must be in this share of the pages, or of the pages of a folder. */
const MIN_KIND_SHARE = 0.3
/** The share of its pages in which it must be at the same distance from the beginning or end. */
const MIN_PLACED_SHARE = 0.6

/** The keys of a page's blocks in reading order; undefined for content. */
export type Page = readonly (string | undefined)[]

/** Returns whether a block in this number of documents may be furniture. */
export function isShared(documents: number, total: number): boolean {
  return documents > Math.max(MIN_DOCUMENTS, MIN_SHARE * total)
}

/** Where a block occurs. */
interface Occurrences {
  pages: number
  /** Number of pages by folder. */
  readonly folders: Map<string, number>
  /** Number of pages by distance from the beginning, and by distance from the end. */
  readonly places: readonly [Map<number, number>, Map<number, number>]
}

/**
 * Finds the blocks that occur word for word in many of the HTML files of a run as part of the
 * site's layout: navigation, legal notices, banners. They begin or end the pages, or are at the
 * same place in a large part of them. A sentence that is repeated within pages is content. Returns
 * the keys of the blocks by file.
 */
export function findRepeatedBlocks(pages: ReadonlyMap<string, Page>): ReadonlyMap<string, readonly string[]> {
  if (pages.size <= MIN_DOCUMENTS) return new Map()
  const occurrences = countOccurrences(pages)
  const folderSizes = new Map<string, number>()
  for (const file of pages.keys()) folderSizes.set(dirname(file), (folderSizes.get(dirname(file)) ?? 0) + 1)
  const isRepeated = (key: string | undefined) => key !== undefined && isShared(occurrences.get(key)!.pages, pages.size)
  const found = new Map<string, readonly string[]>()
  for (const [file, page] of pages) {
    const atEdge = [...edgeOf(page, isRepeated), ...edgeOf(page.toReversed(), isRepeated)]
    const keys = new Set([...atEdge, ...page].filter(key => key !== undefined && isRepeated(key)) as string[])
    const furniture = [...keys].filter(
      key => atEdge.includes(key) || isPlaced(occurrences.get(key)!, dirname(file), pages.size, folderSizes),
    )
    if (furniture.length > 0) found.set(file, furniture)
  }
  return found
}

function countOccurrences(pages: ReadonlyMap<string, Page>): ReadonlyMap<string, Occurrences> {
  const occurrences = new Map<string, Occurrences>()
  for (const [file, page] of pages) {
    /** By key its first and last place. */
    const places = new Map<string, [first: number, last: number]>()
    for (const [at, key] of page.entries()) if (key !== undefined) places.set(key, [places.get(key)?.[0] ?? at, at])
    for (const [key, [first, last]] of places) {
      const counted = occurrences.get(key) ?? { pages: 0, folders: new Map(), places: [new Map(), new Map()] }
      occurrences.set(key, counted)
      counted.pages++
      increase(counted.folders, dirname(file))
      increase(counted.places[0], first)
      increase(counted.places[1], page.length - last)
    }
  }
  return occurrences
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Returns the blocks before the first one that is not repeated. */
function edgeOf(page: Page, isRepeated: (key: string | undefined) => boolean): Page {
  const end = page.findIndex(key => !isRepeated(key))
  return end === -1 ? page : page.slice(0, end)
}

function isPlaced(
  { pages, folders, places }: Occurrences,
  folder: string,
  pageCount: number,
  folderSizes: ReadonlyMap<string, number>,
): boolean {
  const inFolder = folders.get(folder) ?? 0
  const isUsual =
    pages >= MIN_KIND_SHARE * pageCount || (inFolder > MIN_DOCUMENTS && inFolder >= MIN_KIND_SHARE * folderSizes.get(folder)!)
  return isUsual && places.some(counts => [...counts.values()].some(count => count >= MIN_PLACED_SHARE * pages))
}
