import { readCsv } from '../../tables/csv.ts'
import { fillRow, toRow } from '../../tables/table-row.ts'
import { versionLabel } from '../../version-notes.ts'
import { admonitionOf } from '../admonitions.ts'
import { replaceOutsideCode } from '../code/code-spans.ts'

/** How the content of a directive in a fence (MyST) is shown. */
export type Directive =
  | { readonly kind: 'dropped' }
  | { readonly kind: 'table'; readonly isCsv: boolean }
  | { readonly kind: 'code'; readonly language: string }
  | { readonly kind: 'box'; readonly line: string }

/** The options at the beginning of a directive, of which the next line may be one. */
export type Options = 'open' | 'yaml'

/** The information after the marks of a fence with reStructuredText. */
export const EVAL_RST = '{eval-rst}'
/** Occurs in every page that has such a fence. A page that only names it has none. */
export const EVAL_RST_FENCE = /[`~:]{3}\s*\{eval-rst\}/
const NAME = /^\{([\w:+-]+)\}[^\S\n]*(.*)$/
const DROPPED = /^(?:toctree|tableofcontents|contents|include|image|index|bibliography|glue(?::\w+)?|auto\w+|raw)$/
const TABLES = /^(?:list-table|csv-table)$/
const CODE = /^(?:code|code-block|code-cell|sourcecode|literalinclude|parsed-literal|prompt)$/
const BOXES = new Set(
  (
    'admonition dropdown margin sidebar topic tab-item tab-set tab tabs card grid grid-item grid-item-card figure table glossary ' +
    'epigraph details aside div container rubric exercise solution'
  ).split(' '),
)
const THEOREM = /^(?:prf|proof):/
/** Of these, the argument is not a title. */
const UNTITLED = /^(?:figure|grid|grid-item|div|container|tab-set|tabs?|glossary)$/
const OPTION = /^\s*:[\w-]+:(?:\s|$)/

/**
 * Reads the information after the marks of a fence, such as `{code-block} python`; undefined for
 * ordinary code. Names that are no directives, such as `{r}`, are languages.
 */
export function readDirective(info: string): Directive | undefined {
  const [, name = '', argument = ''] = NAME.exec(info) ?? []
  if (name === '' || info === EVAL_RST) return undefined
  if (DROPPED.test(name)) return { kind: 'dropped' }
  if (TABLES.test(name)) return { kind: 'table', isCsv: name === 'csv-table' }
  const version = versionLabel(name)
  if (version !== undefined) return { kind: 'box', line: `::: _ ${version} ${argument}` }
  if (admonitionOf(name) !== undefined) return { kind: 'box', line: `:::${name} ${argument}` }
  if (BOXES.has(name) || THEOREM.test(name)) return { kind: 'box', line: `::: _ ${UNTITLED.test(name) ? '' : argument}` }
  return { kind: 'code', language: CODE.test(name) ? argument : name }
}

/** Returns the state after a line, or undefined if the line is not an option but content. */
export function skipOption(line: string, options: Options): Options | 'end' | undefined {
  if (options === 'yaml') return line.trim() === '---' ? 'end' : 'yaml'
  if (line.trim() === '---') return 'yaml'
  return OPTION.test(line) ? 'open' : undefined
}

/** Writes the content of a `csv-table` as a table. The first row is the header. */
export function writeCsvTable(lines: readonly string[]): string[] {
  return writeRows(readCsv(lines.join('\n')))
}

/** Writes the content of a `list-table` as a table. The first row is the header. */
export function writeListTable(lines: readonly string[]): string[] {
  // Cells with code or lists are no cells of Markdown.
  if (lines.some(line => /`{3}|:{3}/.test(line)))
    return ['', ...lines.map(line => line.replace(/^\s*\*\s+-\s?|^\s{2}-\s|^\s{4}/, '')), '']
  const rows: string[][] = []
  for (const line of lines) {
    const first = /^\s*[*-]\s+[*-](?:\s+(.*))?$/.exec(line)
    const next = /^\s{2,}[*-](?:\s+(.*))?$/.exec(line)
    const row = rows.at(-1)
    if (first !== null) rows.push([first[1] ?? ''])
    else if (next !== null) row?.push(next[1] ?? '')
    else if (row !== undefined) row.push(`${row.pop()} ${line.trim()}`.trim())
  }
  return writeRows(rows)
}

function writeRows(rows: readonly (readonly string[])[]): string[] {
  const columns = rows.reduce((most, cells) => Math.max(most, cells.length), 0)
  const written = rows.map(cells => toRow(fillRow(cells, columns).map(cell => cell.replace(/\s+/g, ' '))))
  return ['', written[0] ?? '', `|${' --- |'.repeat(columns)}`, ...written.slice(1), '']
}

/** A target, a comment, or the break of a cell or card. */
const UNSHOWN = /^(?:\([^()\n]{1,200}\)=[^\S\n]*|%.*|\+{3}.*|\^{3,})$/
/** Its text may go on in the next line. */
const ROLE = /\{([\w:+-]+)\}`((?:[^`\n]|\n(?![^\S\n]*\n)){1,500})`/g
const UNTITLED_LINK = /\[\]\(([^)\s]{1,300})\)/g
const SUBSTITUTION = /\{\{\s*(\w+)\s*\}\}/g

/** Returns whether a page uses the syntax of MyST. */
export function isMystPage(text: string): boolean {
  return DIRECTIVE_OR_TARGET.test(text) || CROSS_REFERENCE.test(text)
}

const DIRECTIVE_OR_TARGET = /^(?:[^\S\n]*(?:`{3,}|~{3,}|:{3,})\{[a-z][\w:+-]*\}|\([\w:./-]+\)=[^\S\n]*$)/m
const CROSS_REFERENCE = /(?<!`)\{(?:ref|doc|term|numref|cite(?::\w+)?|py:\w+)\}`/

/** Shows the roles of a text outside of fences, and removes targets and comments. */
export function expandMyst(text: string, titles: ReadonlyMap<string, string>): string {
  const shown = text
    .split('\n')
    .filter(line => !UNSHOWN.test(line))
    .join('\n')
  const plain = replaceOutsideCode(shown, ROLE, ([, name = '', content = '']) =>
    shownByRole(name, content.replace(/\s+/g, ' '), titles),
  )
  const linked = replaceOutsideCode(plain, UNTITLED_LINK, ([, target = '']) => titles.get(target) ?? spaced(target))
  return replaceOutsideCode(linked, SUBSTITUTION, ([, name = '']) => name)
}

/** Returns the titles of the headings of a text that have a target, by its name. */
export function readTargets(text: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>()
  for (const [, name, title] of text.matchAll(/^\(([^()\n]{1,200})\)=[^\S\n]*\n\s*#{1,6}[^\S\n]+(\S[^\n]*)/gm))
    targets.set(name!, title!.trim())
  return targets
}

/** Returns the name of a target or file as words. */
function spaced(target: string): string {
  return target
    .replace(/^.*[:/#]/, '')
    .replace(/\.(?:md|rst|ipynb|html)$/, '')
    .replace(/[-_]/g, ' ')
}

function shownByRole(name: string, content: string, titles: ReadonlyMap<string, string>): string {
  const given = /^([\s\S]*\S)\s*<[^<>]*>$/.exec(content)?.[1]
  if (given !== undefined) return given
  if (/^(?:numref|ref|eq)$/.test(name)) return titles.get(content) ?? spaced(content)
  if (name === 'doc') return titles.get(content) ?? spaced(content)
  if (/^(?:cite|footcite)/.test(name)) return `[${content}]`
  if (/^(?:fa[a-z]?|octicon|material-\w+|index)$/.test(name)) return ''
  if (content.startsWith('~')) return content.slice(content.lastIndexOf('.') + 1)
  return `\`${content.replace(/^!/, '')}\``
}
