import type { getDocumentProxy } from 'unpdf'
import { ChatError } from '../../../errors.ts'
import { createOutline, type Outline } from '../outline.ts'
import type { CheckTime, ParseBytes } from '../parsed-document.ts'
import { type Bookmarks, createHeadingDepth, keyOf } from './headings.ts'
import { BULLET, groupLines, type LineGroup, NUMBER } from './line-groups.ts'
import { type HyphenatedWords, hyphenatedWordsIn, joinLines } from './line-joining.ts'
import { withoutFurniture } from './page-furniture.ts'
import { measureStyle } from './page-style.ts'
import { type Line, readLines, textOf } from './pdf-lines.ts'

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>
type BookmarkTree = Awaited<ReturnType<Pdf['getOutline']>>

const MAX_PAGES = 3000
const MAX_BOOKMARKS = 5000
const MAX_COLUMN_GAP = 60
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
    const lines = withoutFurniture(pages).flat()
    if (lines.length === 0)
      throw unreadable('The PDF contains no text. If it is a scan, convert it with text recognition (OCR) first')
    const style = measureStyle(lines)
    const headingDepth = createHeadingDepth(style, await readBookmarks(pdf))
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

/** Returns the largest heading on a page. */
function largestOn(groups: readonly LineGroup[], page: number): string | undefined {
  const headings = groups.filter(({ kind, lines: [line] }) => kind === 'heading' && line!.page === page)
  const largest = Math.max(...headings.map(({ lines }) => lines[0]!.size))
  const found = headings.find(({ lines }) => lines[0]!.size === largest)
  return found === undefined ? undefined : headingOf(found)
}

function headingOf({ lines }: LineGroup): string {
  return lines.map(textOf).join(' ')
}

function writeGroup({ kind, depth, lines }: LineGroup, outline: Outline, hyphenated: HyphenatedWords): void {
  const text = () => lines.map(textOf).reduce((joined, line) => joinLines(joined, line, hyphenated))
  const anchor = `page=${lines[0]!.page}`
  if (kind !== 'item') outline.endGroup()
  outline.anchorBlocks(anchor)
  if (kind === 'heading') outline.heading(depth, text(), anchor)
  else if (kind === 'code') outline.code(codeOf(lines))
  else if (kind === 'item')
    outline.line(
      text()
        .replace(BULLET, '- ')
        .replace(NUMBER, number => number.replace(/^\(?(\w+)[.)]\s+/, '$1. ')),
    )
  else if (kind === 'prose') outline.prose(text())
  else {
    const hasHeader = lines[0]!.font !== lines[1]?.font
    for (const [i, { cells }] of lines.entries())
      outline.row(
        cells.map(cell => cell.text.trim()),
        i === 0 && hasHeader,
      )
    outline.endGroup()
  }
}

/** Restores the indentation and the empty lines of code. */
function codeOf(lines: readonly Line[]): string {
  const left = Math.min(...lines.map(({ cells }) => cells[0]!.x))
  return lines
    .map((line, i) => {
      const before = lines[i - 1]
      const { x, right, text } = line.cells[0]!
      const width = (right - x) / Math.max(1, text.length) || line.size * 0.6
      const gap = before?.page === line.page ? (line.y - before.y) / line.size : 0
      const shown = line.cells.reduce((code, cell) => {
        const column = Math.round((cell.x - left) / width)
        return (
          code.padEnd(Math.min(column, code.length + MAX_COLUMN_GAP)) +
          (code === '' || column > code.length ? '' : ' ') +
          cell.text
        )
      }, '')
      return (gap > 1.8 ? '\n' : '') + (line.cells[0]!.x === left ? shown.trimStart() : shown)
    })
    .join('\n')
}

function unreadable(message: string, cause?: unknown): ChatError {
  return new ChatError('DOCUMENT_UNREADABLE', { message, cause })
}
