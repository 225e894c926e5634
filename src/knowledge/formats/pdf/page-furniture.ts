import { type Line, textOf } from './pdf-lines.ts'

/** Lines at the top and at the bottom of a page that can be a running header or footer. */
const EDGE_LINES = 3
/** What is repeated at the edge of this many pages is furniture. */
const MIN_PAGES = 3
/** A page number alone needs fewer pages. */
const MIN_NUMBERED_PAGES = 2
const PAGE_NUMBER = /^(?:(?:page|seite|p\.) ?)?(?:\d+|[ivxlc]+)(?: ?(?:of|\/|von|de|sur) ?\d+)?$/i
/** An entry of a table of contents, and the heading above. */
const CONTENTS_ENTRY =
  /(?:\.\s?){4,}\s*(?:\d+|[ivxlc]+)$|^(?:table of contents|contents|inhaltsverzeichnis|inhalt|table des matières|índice)$/i

/** Removes running headers and footers, page numbers and tables of contents. */
export function withoutFurniture(pages: readonly (readonly Line[])[]): readonly (readonly Line[])[] {
  const counts = new Map<string, number>()
  for (const lines of pages) {
    for (const key of new Set(edgesOf(lines).flatMap(keysOf))) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const isFurniture = (line: Line) => {
    const limit = PAGE_NUMBER.test(textOf(line)) ? MIN_NUMBERED_PAGES : MIN_PAGES
    return keysOf(line).some(key => counts.get(key)! >= limit)
  }
  return pages.map(lines => {
    const removed = new Set(edgesOf(lines).filter(isFurniture))
    return lines.filter(line => !removed.has(line) && !CONTENTS_ENTRY.test(textOf(line)))
  })
}

function edgesOf(lines: readonly Line[]): readonly Line[] {
  const sorted = lines.toSorted((a, b) => a.y - b.y)
  return sorted.length <= 2 * EDGE_LINES ? sorted : [...sorted.slice(0, EDGE_LINES), ...sorted.slice(-EDGE_LINES)]
}

/**
 * Returns what makes lines at the same height alike: their text without numbers, or a number at
 * their beginning or end that counts the pages, next to the title of a chapter.
 */
function keysOf(line: Line): string[] {
  const text = textOf(line)
  const height = Math.round(line.y / 4)
  const numbers = [/^\d{1,4}(?=\s)/, /(?<=\s)\d{1,4}$/].flatMap(pattern => pattern.exec(text)?.[0] ?? [])
  const shape = PAGE_NUMBER.test(text) ? '#' : text.replace(/\d+/g, '#')
  return [`${height} ${shape}`, ...numbers.map(number => `${height} page${Number(number) - line.page}`)]
}
