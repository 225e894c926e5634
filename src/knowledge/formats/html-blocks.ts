import type { Outline } from './outline.ts'

/** Converts the tags and text of a page's content into an outline. */
export interface HtmlBlocks {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text(text: string): void
  close(name: string): void
  /**
   * Handles a heading's link to itself, whose target takes precedence over ids around the heading.
   */
  permalink(href: string): void
}

const BLOCK_ELEMENTS = new Set(
  [
    [
      'address',
      'article',
      'blockquote',
      'body',
      'caption',
      'center',
      'dd',
      'details',
      'div',
      'dl',
      'dt',
      'fieldset',
      'figcaption',
      'figure',
      'form',
    ],
    [
      'header',
      'hgroup',
      'hr',
      'html',
      'legend',
      'li',
      'main',
      'ol',
      'p',
      'pre',
      'search',
      'section',
      'summary',
      'table',
      'tbody',
      'td',
      'tfoot',
    ],
    ['th', 'thead', 'tr', 'ul', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  ].flat(),
)
const HEADING = /^h[1-6]$/
const LIST = /^[ou]l$/

/** Creates a converter for one page. Accepts tags in any order without losing text. */
export function createHtmlBlocks(outline: Outline): HtmlBlocks {
  /** Text since the last block began or ended. */
  let buffer: string[] = []
  /** The last id that no text has followed yet; it becomes the anchor of the next text. */
  let anchor: string | undefined
  let headingDepth: number | undefined
  let verbatim = false
  /**
   * Whether the last text was a defined term: its definition begins on the next line of the same
   * block.
   */
  let afterTerm = false
  /** The cells of the current table row. */
  let row: string[] | undefined
  /** For each open list the number of its next item; undefined for a bullet list. */
  const lists: (number | undefined)[] = []
  let marker = ''

  function flush(): void {
    const text = buffer.join('').replace(/\s+/g, ' ').trim()
    buffer = []
    if (text === '') return
    if (headingDepth !== undefined) {
      outline.heading(headingDepth, text, anchor)
      headingDepth = undefined
    } else if (row !== undefined) {
      row.push(`${row.pop() ?? ''} ${text}`.trim())
    } else if (lists.length > 0) {
      outline.line('  '.repeat(lists.length - 1) + marker + text)
      marker = '  '
    } else if (afterTerm) {
      outline.line(text)
      afterTerm = false
    } else {
      outline.block(text)
    }
    anchor = undefined
  }

  function endRow(): void {
    if (row?.some(cell => cell !== '')) outline.line(row.join(' | '))
    row = undefined
  }

  function endCode(): void {
    outline.block(buffer.join('').replace(/^\n+/, '').trimEnd())
    buffer = []
    verbatim = false
  }

  return {
    open(name, attributes) {
      if (verbatim) {
        if (name === 'br' || (BLOCK_ELEMENTS.has(name) && buffer.at(-1)?.endsWith('\n') === false)) buffer.push('\n')
        return
      }
      if (BLOCK_ELEMENTS.has(name)) flush()
      anchor = attributes.id ?? anchor
      if (HEADING.test(name)) {
        endRow()
        headingDepth = Number(name[1])
      } else if (name === 'pre') {
        endRow()
        verbatim = true
      } else if (LIST.test(name)) {
        lists.push(name === 'ul' ? undefined : Number.parseInt(attributes.start ?? '1', 10) || 1)
      } else if (name === 'li') {
        const number = lists.at(-1)
        marker = number === undefined ? '- ' : `${number}. `
        if (number !== undefined) lists[lists.length - 1] = number + 1
      } else if (name === 'tr') {
        endRow()
        row = []
      } else if (name === 'td' || name === 'th') {
        row ??= []
        row.push('')
      } else if (name === 'dt') {
        if (!afterTerm && lists.length === 0) outline.block('')
      } else if (name === 'br') {
        buffer.push(' ')
      } else if (name === 'img') {
        buffer.push(` ${attributes.alt ?? ''} `)
      }
    },
    text(text) {
      buffer.push(text)
    },
    permalink(href) {
      if (headingDepth !== undefined && /^#./.test(href)) anchor = href.slice(1)
    },
    close(name) {
      if (name === 'pre' && verbatim) endCode()
      if (name === 'dt') afterTerm = true
      if (verbatim || !BLOCK_ELEMENTS.has(name)) return
      flush()
      if (HEADING.test(name)) headingDepth = undefined
      else if (name === 'li') marker = '  '
      else if (name === 'tr') endRow()
      else if (name === 'dt') afterTerm = row === undefined && lists.length === 0
      else if (name === 'dl' && lists.length === 0) outline.block('')
      else if (name === 'dd') afterTerm = false
      else if (name === 'table') {
        endRow()
        outline.block('')
      } else if (LIST.test(name)) {
        lists.pop()
        if (lists.length === 0) outline.block('')
      } else if (name === 'body' || name === 'html') endRow()
    },
  }
}
