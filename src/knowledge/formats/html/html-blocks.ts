import type { Outline } from '../outline.ts'
import { createDivLines } from './div-lines.ts'
import { BLOCK_ELEMENTS, HEADING, isAdmonitionTitle, LIST, languageOf } from './html-elements.ts'
import { dropRemovedImages, REMOVED_IMAGE } from './removed-images.ts'

type Attributes = Readonly<Record<string, string>>

/** Converts the tags and text of a page's content into an outline. */
export interface HtmlBlocks {
  open(name: string, attributes: Attributes): void
  text(text: string): void
  /** Writes the label of the element that begins, unless it is empty. */
  label(text: string): void
  close(name: string): void
  /**
   * Handles a heading's link to itself, whose target takes precedence over ids around the heading.
   */
  permalink(href: string): void
}

/** A definition list. */
interface Definitions {
  /** Terms without a definition so far. */
  terms: string[]
  anchor?: string
  /** Whether an entry of the outline is open. */
  isOpen: boolean
  /** Whether its terms are fields of an entry, such as "Parameters". */
  readonly isFields: boolean
}

/** Zero rows are those to the end of the table. */
function spanOf(written = '1'): number {
  const span = Number.parseInt(written, 10)
  return span === 0 ? Number.POSITIVE_INFINITY : span > 1 ? span : 1
}

/** Creates a converter for one page. Accepts tags in any order without losing text. */
export function createHtmlBlocks(outline: Outline): HtmlBlocks {
  /** Text since the last block began or ended. */
  let buffer: string[] = []
  /** The last id that no text has followed yet; it becomes the anchor of the next text. */
  let anchor: string | undefined
  let headingDepth: number | undefined
  let verbatim = false
  let language: string | undefined
  /** The cells of the current table row. */
  let row: { text: string; readonly rows: number; readonly columns: number; readonly isHeader: boolean }[] | undefined
  /** Whether the cell before contains the title of a remark, which AsciiDoc writes as a table. */
  let isRemark = false
  /** For each open list the number of its next item; undefined for a bullet list. */
  const lists: (number | undefined)[] = []
  let marker = ''
  /** Whether a list inside the current item has ended. */
  let isAfterList = false
  const definitions: Definitions[] = []
  let inTerm = false
  /** Precedes the next text: the title of a remark, or a term inside a list or table. */
  let prefix = ''
  let className = ''
  const lines = createDivLines(outline)
  /** Whether the element that was opened last is a `div` that is no part of a list or table. */
  let isLine = false

  function takeText(): string {
    const text = dropRemovedImages(buffer.join('').replace(/\s+/g, ' ')).trim()
    buffer = []
    return text
  }

  /** @param isLine Whether the text is all that its element contains. */
  function flush(isLine = false): void {
    const text = takeText()
    if (text === '') return
    if (isLine && prefix === '' && headingDepth === undefined && !isAdmonitionTitle(text, className)) {
      lines.add(text)
      return
    }
    lines.end()
    if (inTerm) definitions.at(-1)?.terms.push(text)
    else if (row === undefined && isAdmonitionTitle(text, className)) prefix = `${text.replace(/\W$/, '')}: `
    else if (headingDepth !== undefined) outline.heading(headingDepth, text, anchor)
    else writeText(text)
    headingDepth = undefined
    className = ''
    anchor = undefined
  }

  function writeText(text: string): void {
    const whole = prefix + text
    prefix = ''
    const cell = row?.at(-1)
    if (cell !== undefined) cell.text = `${cell.text} ${whole}`.trim()
    else if (lists.length > 0 && !isAfterList) {
      outline.line('  '.repeat(lists.length - 1) + marker + whole)
      marker = ' '.repeat(marker.length)
    } else outline.prose(whole)
  }

  function endRow(): void {
    if (row !== undefined) {
      const headers = row.filter(({ isHeader }) => isHeader).length
      // The corner of a table with headers on two sides may be an ordinary cell.
      const isCorner = headers > 1 && headers === row.length - 1 && row[0]!.text === ''
      outline.row(row, headers === row.length || isCorner)
    }
    row = undefined
  }

  function openCode(classes: string): void {
    // Code in a cell is part of the row; the first cell of a listing contains line numbers.
    if (row?.some(({ text }) => text !== '')) return
    endRow()
    verbatim = true
    language = languageOf(classes) ?? language
  }

  function endCode(): void {
    outline.code(buffer.join(''), language)
    buffer = []
    verbatim = false
    language = undefined
  }

  function openTerm(id: string | undefined): void {
    if (definitions.length === 0) definitions.push({ terms: [], isOpen: false, isFields: false })
    const list = definitions.at(-1)!
    if (list.isOpen) outline.endEntry()
    list.isOpen = false
    if (list.terms.length === 0) list.anchor = id ?? anchor
    inTerm = true
  }

  function openDefinition(): void {
    const list = definitions.at(-1)
    if (list === undefined || list.terms.length === 0) return
    const term = list.terms.join(', ')
    list.terms = []
    if (row !== undefined || lists.length > 0) prefix = `${term}: `
    else if (list.isFields) outline.prose(`${term.replace(/:$/, '')}:`)
    else {
      outline.beginEntry(term, list.anchor)
      list.isOpen = true
    }
    anchor = undefined
  }

  function closeDefinitions(): void {
    const list = definitions.pop()
    if (list?.isOpen) outline.endEntry()
    if (list?.terms.length) writeText(list.terms.join(', '))
  }

  return {
    open(name, attributes) {
      const classes = attributes.class ?? ''
      if (verbatim) {
        if (name === 'code') language ??= languageOf(classes)
        if (name === 'br' || (BLOCK_ELEMENTS.has(name) && buffer.at(-1)?.endsWith('\n') === false)) buffer.push('\n')
        return
      }
      if (BLOCK_ELEMENTS.has(name)) {
        flush()
        if (name === 'div') lines.open()
        else lines.end()
        isLine = name === 'div' && !inTerm && row === undefined && lists.length === 0
        className = name === 'p' ? classes : ''
        language = name === 'div' ? (languageOf(classes) ?? language) : language
      }
      // An id within a term or heading names an index entry.
      if (!inTerm && headingDepth === undefined) anchor = attributes.id ?? anchor
      if (HEADING.test(name)) {
        endRow()
        headingDepth = Number(name[1])
      } else if (name === 'pre') openCode(classes)
      else if (LIST.test(name)) {
        if (row === undefined && lists.length === 0) outline.endGroup()
        lists.push(name === 'ul' ? undefined : Number.parseInt(attributes.start ?? '1', 10) || 1)
      } else if (name === 'li') {
        const number = lists.at(-1)
        isAfterList = false
        marker = number === undefined ? '- ' : `${number}. `
        if (number !== undefined) lists[lists.length - 1] = number + 1
      } else if (name === 'tr') {
        endRow()
        row = []
      } else if (name === 'td' && /(?:^|\s)icon(?:\s|$)/.test(classes)) {
        row = undefined
        isRemark = true
      } else if (isRemark && name === 'td') isRemark = false
      else if (name === 'td' || name === 'th') {
        row ??= []
        row.push({ text: '', rows: spanOf(attributes.rowspan), columns: spanOf(attributes.colspan), isHeader: name === 'th' })
      } else if (name === 'dl') {
        definitions.push({ terms: [], isOpen: false, isFields: /(?:^|\s)(?:field-list|docutils-field)/.test(classes) })
      } else if (name === 'dt') openTerm(attributes.id)
      else if (name === 'dd') {
        inTerm = false
        openDefinition()
      } else if (name === 'br') buffer.push(' ')
      else if (name === 'i' && isRemark) buffer.push(attributes.title ?? '')
      else if (name === 'img') buffer.push(attributes.alt ? ` ${attributes.alt} ` : REMOVED_IMAGE)
    },
    text(text) {
      buffer.push(text)
    },
    label(text) {
      if (text === '' || verbatim) return
      flush()
      buffer.push(text.endsWith(':') ? text : `${text}:`)
      flush()
    },
    permalink(href) {
      if (headingDepth !== undefined && /^#./.test(href)) anchor = href.slice(1)
    },
    close(name) {
      if (name === 'pre' && verbatim) endCode()
      if (verbatim || !BLOCK_ELEMENTS.has(name)) return
      flush(isLine)
      if (name === 'div') lines.close()
      else lines.end()
      isLine = false
      if (HEADING.test(name)) headingDepth = undefined
      else if (name === 'li') marker = ' '.repeat(marker.length)
      else if (name === 'tr') endRow()
      else if (name === 'dt') inTerm = false
      else if (name === 'dl') {
        inTerm = false
        closeDefinitions()
      } else if (name === 'table') {
        endRow()
        if (lists.length === 0) outline.endGroup()
      } else if (LIST.test(name)) {
        lists.pop()
        isAfterList = lists.length > 0
        if (lists.length === 0 && row === undefined) outline.endGroup()
      } else if (name === 'body' || name === 'html') {
        endRow()
        while (definitions.length > 0) closeDefinitions()
        if (prefix !== '') writeText('')
      }
    },
  }
}
