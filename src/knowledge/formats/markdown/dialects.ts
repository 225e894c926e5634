import { indentOf } from '../indentation.ts'
import type { CheckTime } from '../parsed-document.ts'
import { boxTitle, expandAlerts, readBoxLine } from './admonitions.ts'
import { replaceOutsideCode } from './code/code-spans.ts'
import { openFence, readFencedCode } from './code/fenced-code.ts'
import { createFenceReader, type FenceOpening } from './code/fences.ts'
import { escapePipesInCode } from './code/table-pipes.ts'
import { dropBlockComments, dropComments } from './comments.ts'
import { createUnwrapper } from './components/components.ts'
import { dropModules } from './components/modules.ts'
import { endTagsIn } from './components/placeholders.ts'
import { expandKeys } from './keys.ts'
import { dropRawTags, expandLiquid, fenceLiquid } from './liquid.ts'
import { expandMdc, expandMdcLine, isMdcPage } from './mdc.ts'
import { readHiddenTitles } from './myst/hidden-titles.ts'
import { expandMyst, isMystPage, type Options, readTargets, skipOption, writeCsvTable, writeListTable } from './myst/myst.ts'
import { createObjectDocsFilter } from './object-docs.ts'
import { expandReferences } from './references.ts'
import { expandHugo } from './shortcodes.ts'

/** What another file or a variable of the site contains, which could not be read. */
const UNREAD_INCLUDE =
  /^[^\S\n]*(?:\{\{[^\S\n]*\w+[^\S\n]*\}\}|\{\*.*\*\}|<<<[^\S\n]*\S+.*|-{1,}8<-{1,}.*|\{!.*!\}|@include[^\S\n]+\S+\.(?:mdx?|markdown|txt))[^\S\n]*$/
/** A meaning of a definition list, below its term or the meaning before. */
const MEANING = /^:[^\S\n]{1,4}(?=\S)/
const TERM = /^(?:- \S|\s{2,}\S|\*{1,3}[^\s*]|[^\s#>|\-*+:<])/
const MAX_TERM_LINE = 2000
/** The option of a table in MyST that has its first row. */
const HEADER = /^\s*:header:[^\S\n]+(\S.*)$/
/** The option of code in MyST that has its title. */
const CAPTION = /^\s*:caption:[^\S\n]+(\S.*)$/
/** The end of a fence of colons, which is written with backticks. */
const COLONS = /:{3,}[^\S\n]*$/
const ABBREVIATION = /^\*\[[^\]\n]+\]:[^\S\n]/
/** The address of links elsewhere on the page. */
const DEFINITION = /^[^\S\n]*\[[^\]\n]+\]:[^\S\n]+\S+/

interface DialectPage {
  readonly isMdx: boolean
  readonly isMdc: boolean
  /** The titles of its targets if it is written in MyST. */
  readonly targets: ReadonlyMap<string, string> | undefined
  /** Removes the tags of components. */
  unwrap(text: string): string
}

/**
 * Rewrites the extensions that documentation generators add to Markdown as plain Markdown: imports,
 * components, boxes, tabs, shortcodes, template tags and comments. Fenced code is not changed.
 */
export function expandDialects(text: string, isMdx: boolean, checkTime: CheckTime): string {
  const source = fenceLiquid(expandHugo(text, checkTime))
  const targets = isMystPage(source) ? new Map([...readHiddenTitles(source), ...readTargets(source)]) : undefined
  const writer = createDialectWriter({
    isMdx,
    isMdc: isMdcPage(source),
    targets,
    unwrap: createUnwrapper({ isMdx, closed: endTagsIn(source), checkTime }),
  })
  for (const line of dropBlockComments(source.split('\n'))) {
    checkTime()
    writer.line(line)
  }
  return writer.finish().join('\n')
}

/** Code, or a directive with content of its own, between two fences. */
interface Fence extends FenceOpening {
  caption?: string
  readonly lines: string[]
}

/** Reads a page line by line and writes it as plain Markdown. */
function createDialectWriter(page: DialectPage) {
  const written: string[] = []
  let prose: string[] = []
  const readFence = createFenceReader()
  const isObjectDocs = createObjectDocsFilter()
  /** Indentation of the content of each open box of MkDocs. */
  const indents: number[] = []
  let fence: Fence | undefined
  let options: Options | undefined

  /** A page may have more lines than a call may have arguments. */
  function append(lines: readonly string[]): void {
    for (const line of lines) written.push(line)
  }

  function flush(): void {
    if (prose.length > 0) append(expandProse(escapePipesInCode(prose.join('\n')), page))
    prose = []
  }

  /** Removes the indentation of boxes. */
  function outdent(line: string): string {
    while (indents.length > 0 && fence === undefined && line.trim() !== '' && indentOf(line) < indents.at(-1)!) indents.pop()
    return indents.length === 0 ? line : line.slice(Math.min(indentOf(line), 4 * indents.length))
  }

  function isOption(line: string): boolean {
    const next: Options | 'end' | undefined = options === undefined ? undefined : skipOption(line, options)
    options = next === 'end' ? undefined : next
    if (next !== 'open' || fence === undefined) return next !== undefined
    const header = fence.content.kind === 'table' ? HEADER.exec(line)?.[1] : undefined
    if (header !== undefined) fence.lines.push(header)
    fence.caption ??= CAPTION.exec(line)?.[1]
    return true
  }

  /** Writes the content of a fence. `end` is its last line, if it has one. */
  function closeFence({ content, prefix, marks, caption, lines }: Fence, ...end: readonly string[]): void {
    if (content.kind === 'table') append(content.isCsv ? writeCsvTable(lines) : writeListTable(lines))
    else if (content.kind === 'code') {
      const code = readFencedCode(content.language, lines)
      append(openFence(prefix, marks, content.language, caption ?? code.title))
      append([...code.lines, ...end].map(dropRawTags))
    }
    fence = undefined
  }

  function writeText(line: string, indent: number): void {
    const plain = page.isMdc ? expandMdcLine(line) : line
    const box = readBoxLine(plain)
    if (box?.kind === 'open' && box.isIndented) indents.push(indent + 4)
    if (box?.kind === 'open' && (page.isMdc || /\{[\w:-]+\}/.test(line))) options = 'open'
    prose.push(plain)
  }

  return {
    line(line: string): void {
      const shown = outdent(line)
      if (isOption(shown)) return
      if (fence === undefined && isObjectDocs(shown)) return void prose.push('')
      const read = readFence(shown)
      if (read.kind === 'text') writeText(shown, indentOf(line))
      else if (read.kind === 'code') fence?.lines.push(shown)
      else if (read.kind === 'close-box') prose.push('', ':::', '')
      else if (read.kind === 'open') {
        flush()
        fence = { ...read, lines: [] }
        if (read.isDirective) options = 'open'
      } else if (read.kind === 'open-box' && read.line !== undefined) {
        prose.push('', read.line, '')
        options = 'open'
      } else if (fence !== undefined) closeFence(fence, shown.replace(COLONS, fence.marks))
    },
    finish(): readonly string[] {
      if (fence !== undefined) closeFence(fence)
      flush()
      return written
    },
  }
}

function isTermLine(line: string | undefined): boolean {
  return line !== undefined && line.length <= MAX_TERM_LINE && TERM.test(line)
}

/** Adds a meaning to its term, or to the meaning before, which an empty line may follow. */
function addMeaning(lines: string[], meaning: string): void {
  if (lines.at(-1) === '') lines.pop()
  lines.push(`${(lines.pop() ?? '').replace(/^(?![-\s])(.*\S)\s*$/, '- $1:')} ${meaning}`)
}

function expandProse(text: string, page: DialectPage): string[] {
  const written = page.isMdc ? expandMdc(text) : text
  const source = page.targets === undefined ? written : expandMyst(written, page.targets)
  const plain = dropAttributes(
    expandKeys(expandReferences(page.unwrap(expandLiquid(dropComments(page.isMdx ? dropModules(source) : source))))),
  )
  const lines: string[] = []
  let label = ''
  for (const line of plain.split('\n')) {
    const box = readBoxLine(line)
    if (box?.kind === 'open') {
      const { indent, title } = box
      if (label !== '') lines.push(`${label}:`)
      label = title === '' ? box.label : ''
      lines.push('', ...(title === '' ? [] : [indent + boxTitle(box.label, title), '']))
    } else if (box?.kind === 'close') lines.push('')
    else if (UNREAD_INCLUDE.test(line)) lines.push('')
    else if (DEFINITION.test(line)) lines.push(line)
    else if (MEANING.test(line) && isTermLine(lines.at(lines.at(-1) === '' ? -2 : -1)))
      addMeaning(lines, line.replace(MEANING, ''))
    else if (ABBREVIATION.test(line)) lines.push('')
    else if (label !== '' && line.trim() !== '') {
      const isParagraph = /^[^\S\n]*[^\s#>|\-*+\d]/.test(line)
      lines.push(isParagraph ? line.replace(/\S/, first => `${label}: ${first}`) : `${label}:\n\n${line}`)
      label = ''
    } else lines.push(line)
  }
  if (label !== '') lines.push(`${label}:`, '')
  return expandAlerts(lines.join('\n')).split('\n')
}

/** Attributes of longer lines are kept. */
const MAX_ATTRIBUTE_LINE = 5000
const ATTRIBUTE = String.raw`(?:[.#][\w-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[\w%-]+))`
/**
 * A heading or a long line, which are not changed, or attributes of the element before, such as
 * `{.wide #top}`, `{: target="_blank"}` and, after an image, `{width=50}`.
 */
const ATTRIBUTES = new RegExp(
  String.raw`^[^\S\n]*#{1,6}\s[^\n]*|^[^\n]{${MAX_ATTRIBUTE_LINE},}|(?<!\s)\{:[^\S\n]*${ATTRIBUTE}(?:[^\S\n]+${ATTRIBUTE}){0,8}[^\S\n]*\}` +
    String.raw`|\{:?[^\S\n]*[.#][\w-]+(?:[^\S\n]+${ATTRIBUTE}){0,8}[^\S\n]*\}(?=[^\S\n]*$)` +
    String.raw`|(?<=\))\{${ATTRIBUTE}(?:[^\S\n]+${ATTRIBUTE}){0,8}\}`,
  'gm',
)

/** Removes attributes, except those of headings, whose id is their anchor. */
function dropAttributes(text: string): string {
  if (!/\{[:.#\w]/.test(text)) return text
  return replaceOutsideCode(text, ATTRIBUTES, ([whole]) =>
    whole.startsWith('{') && whole.length < MAX_ATTRIBUTE_LINE ? '' : whole,
  )
}
