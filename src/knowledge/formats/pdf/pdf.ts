import type { getDocumentProxy } from 'unpdf'
import { unreadable } from '../limits/unreadable.ts'
import { createOutline } from '../outline.ts'
import type { CheckTime, ParseBytes } from '../parsed-document.ts'
import { type Bookmarks, createHeadingDepth, keyOf } from './headings.ts'
import { groupLines, type LineGroup } from './line-groups.ts'
import { hyphenatedWordsIn } from './line-joining.ts'
import { withoutFurniture } from './page-furniture.ts'
import { measureStyle, roundSize } from './page-style.ts'
import { type Line, readLines, textOf } from './pdf-lines.ts'
import { writeGroup } from './write-group.ts'

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>
type BookmarkTree = Awaited<ReturnType<Pdf['getOutline']>>

const MAX_PAGES = 3000
const MAX_BOOKMARKS = 5000
/** Titles that programs write by default. */
const NO_TITLE = /^(?:untitled.*|microsoft word - .*|.*\.(?:docx?|pdf|indd|odt|tex|dvi|md|html?|rst|qxd|fm))$/i

/**
 * Parses a PDF file: the text of its pages without running headers and footers. Blocks have the
 * anchor `page=3`. Headings are found by bookmarks, size and font.
 */
export const parsePdf: ParseBytes = async (bytes, checkTime) => {
  const pdf = await openPdf(bytes)
  try {
    if (pdf.numPages > MAX_PAGES) throw unreadable(`The PDF has more than ${MAX_PAGES} pages`)
    const pages = await readPages(pdf, checkTime)
    const bookmarks = await readBookmarks(pdf)
    const lines = withoutFurniture(pages)
      .flat()
      .filter(line => !isContentsEntry(line, bookmarks))
    if (lines.length === 0)
      throw unreadable('The PDF contains no text. If it is a scan, convert it with text recognition (OCR) first')
    const style = measureStyle(lines)
    const headingDepth = createHeadingDepth(style, bookmarks)
    const groups = groupLines(lines, style, headingDepth)
    const outline = createOutline()
    const hyphenated = hyphenatedWordsIn(lines.map(textOf))
    const title = (await readTitle(pdf)) ?? largestOn(groups, lines[0]!.page)
    for (const group of groups) if (group.kind !== 'heading' || headingOf(group) !== title) writeGroup(group, outline, hyphenated)
    return outline.finish(title)
  } finally {
    await pdf.loadingTask.destroy()
  }
}

async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const { getDocumentProxy: open } = await import('unpdf')
  try {
    // A copy: the library takes over the memory.
    return await open(Uint8Array.from(bytes), { verbosity: 0 })
  } catch (cause) {
    const isEncrypted = cause instanceof Error && cause.name === 'PasswordException'
    throw unreadable(isEncrypted ? 'The PDF is protected with a password' : 'Not a valid PDF file', cause)
  }
}

async function readPages(pdf: Pdf, checkTime: CheckTime): Promise<Line[][]> {
  const pages: Line[][] = []
  for (let number = 1; number <= pdf.numPages; number++) {
    checkTime()
    const page = await pdf.getPage(number)
    pages.push(await readLines(page))
    page.cleanup()
  }
  return pages
}

async function readBookmarks(pdf: Pdf): Promise<Bookmarks> {
  const bookmarks = new Map<string, number>()
  const collect = (items: BookmarkTree, depth: number) => {
    for (const { title, items: below } of items) {
      const key = keyOf(title)
      if (key !== '' && bookmarks.size < MAX_BOOKMARKS && !bookmarks.has(key)) bookmarks.set(key, depth)
      if (depth < 6) collect(below, depth + 1)
    }
  }
  // Broken bookmarks do not make the text unreadable.
  collect((await pdf.getOutline().catch(() => null)) ?? [], 1)
  return bookmarks
}

async function readTitle(pdf: Pdf): Promise<string | undefined> {
  const info = (await pdf.getMetadata().catch(() => undefined))?.info
  const given = info !== undefined && 'Title' in info ? String(info.Title ?? '') : ''
  const title = given.replace(/\s+/g, ' ').trim()
  return title.length < 4 || title.length > 300 || NO_TITLE.test(title) ? undefined : title
}

/** Whether a line is an entry of a table of contents: the title of a bookmark and a page. */
function isContentsEntry(line: Line, bookmarks: Bookmarks): boolean {
  const title = /^(.*\S)\s+(?:\d{1,4}|[ivxlc]{1,6})$/.exec(textOf(line))?.[1]
  return title !== undefined && bookmarks.has(keyOf(title))
}

/**
 * Returns the largest heading on a page if it is the title of the document: no other heading has
 * its size, or a heading follows it. The first chapter is not the title.
 */
function largestOn(groups: readonly LineGroup[], page: number): string | undefined {
  const headings = groups.filter(({ kind }) => kind === 'heading')
  const sizeOf = ({ lines }: LineGroup) => roundSize(lines[0]!.size)
  const largest = Math.max(...headings.filter(({ lines: [line] }) => line!.page === page).map(sizeOf))
  const alike = headings.filter(group => sizeOf(group) === largest)
  const [found] = alike
  if (found === undefined || found.lines[0]!.page !== page) return undefined
  return alike.length === 1 || groups[groups.indexOf(found) + 1]?.kind === 'heading' ? headingOf(found) : undefined
}

function headingOf({ lines }: LineGroup): string {
  return lines.map(textOf).join(' ')
}
