import { indentOf } from '../indentation.ts'
import { kindOf } from './directive-kinds.ts'
import { MARK } from './marks.ts'

/** The first line of a directive that contains code or other text that is not parsed. */
const CODE = /^\s*\.\. ([\w:+-]+) ?::/
const DIRECTIVE = /^\s*\.\. [\w:+-]+ ?::/
/** Targets are not displayed, and the parser rejects documents with two of the same name. */
const TARGET = /^\s*\.\. _.*:(?:\s.*)?$/
/** What separates the header and footer of a card from its content. */
const CARD_BREAK = /^\s+(?:\^{3,}|\+{3,})\s*$/
/** The beginning of an item, and of items that begin in the same line. */
const ITEM = /^\s*(?:(?:[-*+•]|(?:\d{1,9}|#)[.)])\s+)+(?=\S)/
/** Items without text, such as empty cells of a `list-table`. The parser expects text. */
const EMPTY_ITEM = /^(?:\s*[-*+]\s+|\s+)[-*+](?=\s*$)/
/** The text of an item that is a term above its definition, or a directive. */
const TERM = /^(?:(`{1,2}|\*{1,2})[^`*]+\1|\.\. .*|:[^:]+:.*)$/
/** The lines around a title, the border of a table, code in Python, or the announcement of code. */
const NO_TERM = /^[^\w\s]{2}[^\w]*$|^>>>(?:\s|$)|::$/

/**
 * Blanks targets of links and breaks within cards, except in code. Separates a list from the text
 * directly above it, and gives the lines of an item the same indentation.
 */
export function alignLines(text: string): string {
  /** Lines that are indented further than this are code. */
  let codeAbove: number | undefined
  /** The indentation of the paragraph that an item begins with. */
  let item: number | undefined
  /** The column where the cells of a `list-table` begin. */
  let cell: number | undefined
  const aligned: string[] = []
  for (const written of text.split('\n')) {
    const indent = indentOf(written)
    const isInCode = codeAbove !== undefined && indent > codeAbove
    const line = isInCode ? written : completeMarkup(written).replace(EMPTY_ITEM, `$& ${MARK}`)
    const isText = line.trim() !== ''
    const isCode = isText && isInCode
    if (isText && !isCode) codeAbove = announcesCode(line) ? indent : undefined
    const above = aligned.at(-1) ?? ''
    const marker = ITEM.exec(line)?.[0].length
    if (!isText || isCode || TARGET.test(line) || CARD_BREAK.test(line)) {
      aligned.push(isCode ? line : '')
      item = undefined
    } else if (marker !== undefined) {
      const isNested = indent > indentOf(above) && (item === undefined ? above.endsWith(':') : indent >= item)
      if (isNested || indent === cell) aligned.push('')
      const last = line.slice(0, marker).trimEnd().search(/\S+$/)
      if (last > indent) cell = last
      const isDirective = DIRECTIVE.test(line.slice(marker))
      // In the line of an item, the parser reads only the first paragraph of a directive.
      if (isDirective) aligned.push(line.slice(0, marker) + MARK, '', ' '.repeat(marker) + line.slice(marker))
      else aligned.push(line)
      item = isDirective || TERM.test(line.slice(marker)) ? undefined : marker
    } else if (item !== undefined && indent > item) aligned.push(' '.repeat(item) + line.trimStart())
    else {
      aligned.push(line)
      if (indent !== item) item = undefined
    }
  }
  return aligned.join('\n')
}

/**
 * Ends literals before quotation marks, and shortens the names of roles with an underscore: the
 * parser reads neither.
 */
function completeMarkup(line: string): string {
  return line.replace(/(?<=\w)``(?=[’”»])/g, '``\\ ').replace(/(?<![\w`:]):[a-z]+_[a-z_]+:(?=`\S)/g, '')
}

/** Returns whether the lines that are indented further than this one are not parsed. */
export function announcesCode(line: string): boolean {
  const name = CODE.exec(line)?.[1]
  if (name === undefined) return /::\s*$/.test(line)
  return kindOf(name.toLowerCase()) === 'code' || /^(?:literalinclude|highlight|raw|math)$/.test(name)
}

/**
 * Returns by how many spaces the definition or quote is indented that may begin at a line, whose
 * block is indented by `indent` spaces.
 */
export function blockIndent(line: string, next: string, indent: number): number {
  const by = indentOf(line) - indent
  if (by > 0) return by
  const isTerm = next.trim() !== '' && indentOf(next) > indent + 1 && !NO_TERM.test(line.trim())
  return isTerm ? indentOf(next) - indent : Number.POSITIVE_INFINITY
}

/** A directive, which may begin an item, and its options, whose names may have a mark. */
const WITH_OPTIONS = /^\s*(?:(?:[-*+•]|(?:\d{1,9}|#)[.)])\s+)*(?=\.\. [\w:+-]+ ?::)/
const OPTION = new RegExp(`^(\\s+:)${MARK}?(?=[\\w-]+:(?:\\s|$))`)

/**
 * Indents the options of directives like their content, without which the parser loses the content,
 * and removes the marks from their names, which are no roles.
 * Separates `::` alone on a line from the paragraph before, which the parser reads as a title.
 */
export function alignOptions(text: string): string {
  const lines = text.replace(/^(\S[^\n]*)\n::[^\S\n]*$/gm, '$1\n\n::').split('\n')
  for (let i = 0; i < lines.length; i++) {
    const outer = WITH_OPTIONS.exec(lines[i]!)?.[0].length
    if (outer === undefined) continue
    const first = i + 1
    let body = first
    const isOption = (line = '') => OPTION.test(line) && indentOf(line) > outer
    // An option may continue on further lines, which are indented more.
    const isMore = (line = '') => body > first && line.trim() !== '' && indentOf(line) > indentOf(lines[first]!)
    while (isOption(lines[body]) || isMore(lines[body])) body++
    if (body === first) continue
    for (let at = first; at < body; at++) lines[at] = lines[at]!.replace(OPTION, '$1')
    let indent = Number.POSITIVE_INFINITY
    for (let at = body; at < lines.length && (lines[at]!.trim() === '' || indentOf(lines[at]!) > outer); at++)
      if (lines[at]!.trim() !== '') indent = Math.min(indent, indentOf(lines[at]!))
    if (Number.isFinite(indent))
      for (let at = first; at < body; at++)
        lines[at] = ' '.repeat(indent + (OPTION.test(lines[at]!) ? 0 : 2)) + lines[at]!.trimStart()
    i = body - 1
  }
  return lines.join('\n')
}
