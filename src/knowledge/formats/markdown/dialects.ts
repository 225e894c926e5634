import type { CheckTime } from '../parsed-document.ts'
import { admonitionOf, expandAlerts, readBoxLine } from './admonitions.ts'
import { type Page, unwrapComponents } from './components.ts'
import { endTagsIn } from './placeholders.ts'
import { expandHugo, expandLiquid, fenceLiquid } from './shortcodes.ts'

const FENCE = /^([^\S\n]*(?:>[^\S\n]?|[-*+][^\S\n]+|\d{1,9}[.)][^\S\n]+)*)(`{3,}|~{3,})([^`]*)$/
const MYST = /^\{([\w:-]+)\}[^\S\n]*(.*)$/
/** Code that is written by another file, which could not be read. */
const UNREAD_INCLUDE = /^[^\S\n]*(?:\{\*.*\*\}|<<<[^\S\n]*\S+.*|-{1,}8<-{1,}.*|\{!.*!\})[^\S\n]*$/
const IMPORT = /^import[^\S\n]+(?:[\w*${][^;'"]*[^\S\n]from[^\S\n]+)?['"][^'"\n]+['"];?[^\S\n]*$/
const ESM = /^(?:import[^\S\n]+[\w*${]|export[^\S\n]+(?:const|let|var|default|function|async|class|\{))/
/** Comments in code that highlight lines. */
const HIGHLIGHT = /^[^\S\n]*(?:\/\/|#|<!--|\{?\/\*|--)[^\S\n]*(?:highlight-(?:start|end|next-line)|prettier-ignore)[^\n]*$/

/** Returns whether a page is MDX: by its name, or by an import of a component. */
export function isMdxPage(text: string, name: string): boolean {
  return /\.mdx$/i.test(name) || /^import [\w{].* from ['"][^'"\n]+['"];?$/m.test(text)
}

/**
 * Rewrites the extensions that documentation generators add to Markdown as plain Markdown: imports,
 * components, boxes, tabs, shortcodes, template tags and comments. Fenced code is not changed.
 */
export function expandDialects(text: string, isMdx: boolean, checkTime: CheckTime): string {
  const source = fenceLiquid(expandHugo(text, checkTime))
  const page = { isMdx, closed: endTagsIn(source), checkTime }
  const written: string[] = []
  let prose: string[] = []
  const flush = () => {
    if (prose.length > 0) written.push(...expandProse(prose.join('\n'), page))
    prose = []
  }
  /** For each open fence of a box that contains Markdown its marks. */
  const boxes: string[] = []
  let fence = ''
  let isDropped = false
  /** Indentation of the content of each open box of MkDocs. */
  const indents: number[] = []

  for (const line of source.split('\n')) {
    checkTime()
    while (indents.length > 0 && fence === '' && line.trim() !== '' && indentOf(line) < indents.at(-1)!) indents.pop()
    const shown = indents.length === 0 ? line : line.slice(Math.min(indentOf(line), 4 * indents.length))
    const [, prefix = '', marks = '', info = ''] = FENCE.exec(shown) ?? []
    if (fence !== '') {
      const closes = marks.startsWith(fence) && info.trim() === ''
      if (!isDropped && !HIGHLIGHT.test(shown)) written.push(shown)
      if (closes) fence = ''
    } else if (marks !== '' && info.trim() === '' && boxes.at(-1) === marks) {
      boxes.pop()
      prose.push('', ':::', '')
    } else if (marks !== '') {
      const myst = MYST.exec(info.trim())
      const name = myst?.[1] ?? ''
      if (info.trim() === 'mdx-code-block') boxes.push(marks)
      else if (admonitionOf(name) !== undefined || name === 'admonition' || name === 'dropdown') {
        prose.push('', `:::${name} ${myst?.[2] ?? ''}`, '')
        boxes.push(marks)
      } else {
        flush()
        fence = marks
        isDropped = /^(?:toctree|tableofcontents|eval-rst|contents|include|image)$/.test(name)
        const title = /\btitle=(?:"([^"]*)"|'([^']*)')/.exec(info)
        if (title !== null) written.push('', `${prefix.replace(/\S/g, ' ')}${title[1] ?? title[2]}:`, '')
        if (!isDropped) written.push(`${prefix}${marks}${name === '' ? info : (myst?.[2] ?? '')}`)
      }
    } else {
      const box = readBoxLine(shown)
      if (box?.kind === 'open' && box.isIndented) indents.push(indentOf(line) + 4)
      prose.push(shown)
    }
  }
  flush()
  return expandAlerts(written.join('\n'))
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function expandProse(text: string, page: Page): string[] {
  const plain = unwrapComponents(expandLiquid(dropComments(dropModules(text, page.isMdx))), page)
  const lines: string[] = []
  let label = ''
  for (const line of plain.split('\n')) {
    const box = readBoxLine(line)
    if (box?.kind === 'open') {
      const { indent, title } = box
      if (label !== '') lines.push(`${label}:`)
      label = title === '' ? box.label : ''
      const shown = [box.label, title].filter(part => part !== '').join(': ')
      lines.push('', ...(title === '' ? [] : [`${indent}${shown}${/[.:!?]$/.test(shown) ? '' : ':'}`, '']))
    } else if (box?.kind === 'close') lines.push('')
    else if (UNREAD_INCLUDE.test(line)) lines.push('')
    else if (label !== '' && line.trim() !== '') {
      const isParagraph = /^[^\S\n]*[^\s#>|\-*+\d]/.test(line)
      lines.push(isParagraph ? line.replace(/\S/, first => `${label}: ${first}`) : `${label}:\n\n${line}`)
      label = ''
    } else lines.push(line)
  }
  if (label !== '') lines.push(`${label}:`, '')
  return lines
}

/** Removes the imports and exports of MDX. A statement ends where its brackets are closed. */
function dropModules(text: string, isMdx: boolean): string {
  if (!isMdx) return text
  let depth = 0
  let isOpen = false
  const kept = text.split('\n').filter(line => {
    if (!isOpen && !IMPORT.test(line) && !ESM.test(line)) return true
    depth += (line.match(/[([{]/g)?.length ?? 0) - (line.match(/[)\]}]/g)?.length ?? 0)
    isOpen = depth > 0
    if (!isOpen) depth = 0
    return false
  })
  return kept.join('\n')
}

/** Removes HTML comments and those of MDX. */
function dropComments(text: string): string {
  let kept = text
  for (const [open, close] of [
    ['<!--', '-->'],
    ['{/*', '*/}'],
  ] as const) {
    let from = 0
    const parts: string[] = []
    for (let at = kept.indexOf(open); at !== -1; at = kept.indexOf(open, from)) {
      const end = kept.indexOf(close, at + open.length)
      if (end === -1) break
      const ticks = kept.slice(kept.lastIndexOf('\n', at) + 1, at).split('`').length
      const isCode = ticks % 2 === 0
      parts.push(kept.slice(from, isCode ? end + close.length : at))
      from = end + close.length
    }
    kept = parts.join('') + kept.slice(from)
  }
  return kept
}
