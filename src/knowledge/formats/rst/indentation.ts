import { indentOf } from '../indentation.ts'

const DIRECTIVE = /^\s*\.\. [\w:+-]+::/
const CODE =
  /^\s*\.\. (?:code|code-block|sourcecode|parsed-literal|prompt|testcode|testoutput|literalinclude|highlight|raw|math)::/
const ITEM = /^\s*(?:[-*+•]|\(?(?:\d{1,9}|[a-zA-Z]|#)[.)])\s+(?=\S)/
/** The first item of a list with bullets or numbers. A letter may begin a sentence. */
const LIST = /^\s*(?:[-*+•]|(?:\d{1,9}|#)[.)])\s+(?=\S)/
/** What its own content is indented below: directives, comments, fields and options. */
const OWNER = /^\s*(?:\.\.(?:\s|$)|:[^:\n]+:|--?\w)/
/** Targets are not displayed, and the parser rejects documents with two of the same name. */
const TARGET = /^\s*\.\. _.*:(?:\s.*)?$/

/** The first line of a table. */
const TABLE = /^\s*(?:=+(?: +=+)+|\+[-=+]+\+)$/

/**
 * Moves directives, tables and lists that are indented further than the text before them, or less
 * than the list item that they belong to, to where their content belongs. The parser reads only
 * those as directives, tables or lists. Blanks targets of links.
 */
export function alignDirectives(text: string): string {
  const lines = text.split('\n')
  /** Lines before the current one that are less indented, outermost first. */
  let above: { readonly indent: number; readonly content: number; readonly isOwner: boolean }[] = []
  let isAfterBlank = true
  /** Lines that are indented further than this are code. */
  let codeAbove: number | undefined
  let shifted: { readonly beyond: number; readonly by: number } | undefined
  return lines
    .map(line => {
      if (line.trim() === '') {
        isAfterBlank = true
        return line
      }
      const indent = indentOf(line)
      if (shifted !== undefined && indent <= shifted.beyond) shifted = undefined
      if (codeAbove !== undefined && indent > codeAbove) return shift(line, shifted?.by ?? 0)
      codeAbove = undefined
      if (TARGET.test(line)) return ''
      const moved = shifted === undefined ? line : shift(line, shifted.by)
      const isDirective = DIRECTIVE.test(line)
      const parent = above.findLast(({ indent: outer }) => outer < indent)
      const hasSibling = above.some(other => other.indent === indent || other.content === indent)
      above = above.filter(({ indent: outer }) => outer < indent)
      const isMisplaced =
        (isDirective || TABLE.test(line) || LIST.test(line)) &&
        isAfterBlank &&
        !hasSibling &&
        parent !== undefined &&
        !parent.isOwner &&
        shifted === undefined
      above.push({ indent, content: indent + (ITEM.exec(line)?.[0].trimStart().length ?? 0), isOwner: OWNER.test(line) })
      isAfterBlank = false
      if (CODE.test(line) || (!isDirective && /::\s*$/.test(line))) codeAbove = indent
      if (!isMisplaced) return moved
      // The rows of a table are indented like its first line, the content of a directive further.
      shifted = { beyond: isDirective ? indent : indent - 1, by: parent.content - indent }
      return shift(line, shifted.by)
    })
    .join('\n')
}

const OPTION = /^\s+:[\w-]+:(?:\s|$)/

/**
 * Indents the options of directives like their content, without which the parser loses the content.
 * Separates `::` alone on a line from the paragraph before, which the parser reads as a title.
 */
export function alignOptions(text: string): string {
  const lines = text.replace(/^(\S[^\n]*)\n::[^\S\n]*$/gm, '$1\n\n::').split('\n')
  for (let i = 0; i < lines.length; i++) {
    if (!DIRECTIVE.test(lines[i]!)) continue
    const outer = indentOf(lines[i]!)
    const first = i + 1
    let body = first
    const isOption = (line = '') => OPTION.test(line) && indentOf(line) > outer
    // An option may continue on further lines, which are indented more.
    const isMore = (line = '') => body > first && line.trim() !== '' && indentOf(line) > indentOf(lines[first]!)
    while (isOption(lines[body]) || isMore(lines[body])) body++
    if (body === first) continue
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

/**
 * Returns the number of spaces by which most definitions of a document are indented, which the
 * parser expects to be the same everywhere. Default: 4.
 */
export function definitionIndent(text: string): number {
  const counts = new Map<number, number>()
  for (const [, term = '', indent = ''] of text.matchAll(/^(?!\s|\.\. |[-*+:|] )([^\n]+)\n([^\S\n]{2,8})(?=\S)/gm)) {
    if (!term.endsWith('::')) counts.set(indent.length, (counts.get(indent.length) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 4
}

function shift(line: string, by: number): string {
  if (by >= 0) return ' '.repeat(by) + line
  return line.slice(Math.min(-by, indentOf(line)))
}
