import type { CheckTime } from '../parsed-document.ts'
import { indentBefore } from './tags.ts'

/** Attributes of components whose text is shown before the content. */
const SHOWN = /\s(?:title|label|header|heading|summary)=(?:"([^"]*)"|'([^']*)'|\{["'`]([^"'`]*)["'`]\})/
/** Elements around Markdown in MDX. */
const WRAPPERS = new Set(
  'div details summary section figure figcaption span p center article aside header footer main'.split(' '),
)
const TAG = /<(\/?)([A-Za-z][\w.-]*)(?=[\s/>])/y
/** The page that a text is part of. */
export interface Page {
  /** Whether `{expressions}` are removed too, except literal text. */
  readonly isMdx: boolean
  /** Names of all end tags. */
  readonly closed: ReadonlySet<string>
  readonly checkTime: CheckTime
}

const MAX_TAG_CHARS = 2000
/** An element with attributes of Vue, which are not HTML. */
const VUE = /^<[a-z][\w-]*(?:\s+[\w-]+(?:="[^"]*")?)*\s+(?:@|:|v-)[\w.:-]+/
/** Where a link without text leads. */
const LINK = /\s(?:link|to|href)="(?:[^"]*\/)?([\w-]+)(?:\.\w+)?(?:#[^"]*)?"[^>]*\/>$/

/**
 * Removes the tags of components (JSX, Vue) from text without fenced code and keeps what is between
 * them. Inline code is not changed. `<Name>` without an end tag is a placeholder and is kept.
 */
export function unwrapComponents(text: string, { isMdx, closed, checkTime }: Page): string {
  if (!text.includes('<') && !(isMdx && text.includes('{'))) return text
  const parts: string[] = []
  let from = 0
  let at = 0
  const replace = (end: number, by: string) => {
    parts.push(text.slice(from, at), by)
    from = at = end
  }
  while (at < text.length) {
    checkTime()
    const next = text.slice(at, at + 4096).search(/[`<{\\]/)
    if (next === -1) {
      at += 4096
      continue
    }
    at += next
    const character = text[at]
    if (character === '`') at = endOfCode(text, at)
    else if (character === '\\') at += 2
    else if (character === '{') {
      const end = isMdx && !/^\{\s*#/.test(text.slice(at, at + 8)) ? endOfBraces(text, at) : -1
      if (end === -1) at++
      else replace(end, /^\{\s*(["'`])([^"'`]*)\1\s*\}$/.exec(text.slice(at, end))?.[2] ?? '')
    } else {
      TAG.lastIndex = at
      const [, slash, name = ''] = TAG.exec(text) ?? []
      const isComponent = /^[A-Z]|-/.test(name) || (isMdx && WRAPPERS.has(name)) || VUE.test(text.slice(at, at + MAX_TAG_CHARS))
      const end = isComponent ? endOfTag(text, at) : -1
      if (end === -1) at++
      else if (!closed.has(name) && text.slice(at, end) === `<${name}>`) replace(end, `&lt;${name}&gt;`)
      else replace(end, shownFor(text, at, end, slash === '/' ? '' : text.slice(at, end)))
    }
  }
  parts.push(text.slice(from))
  return parts.join('')
}

/** A tag that begins a line separates blocks. */
function shownFor(text: string, at: number, end: number, tag: string): string {
  const indent = indentBefore(text, at)
  const [, ...titles] = SHOWN.exec(tag) ?? []
  const title = titles.find(value => value !== undefined)?.trim() ?? ''
  const endsLine = /^[^\S\n]*(?:\n|$)/.test(text.slice(end, end + 80))
  const link = LINK.exec(tag)?.[1]?.replaceAll('-', ' ') ?? ''
  if (indent === undefined && !endsLine) return title === '' ? link : `${title} `
  return title === '' ? `\n\n${indent ?? ''}` : `\n\n${indent ?? ''}${title}:\n\n${indent ?? ''}`
}

function endOfCode(text: string, at: number): number {
  let ticks = 1
  while (text[at + ticks] === '`') ticks++
  const paragraph = text.indexOf('\n\n', at)
  const limit = paragraph === -1 ? text.length : paragraph
  for (let end = text.indexOf('`', at + ticks); end !== -1 && end < limit; ) {
    let run = 1
    while (text[end + run] === '`') run++
    if (run === ticks) return end + run
    end = text.indexOf('`', end + run)
  }
  return at + ticks
}

function endOfTag(text: string, at: number): number {
  let quote = ''
  let depth = 0
  for (let i = at + 1; i < text.length && i < at + MAX_TAG_CHARS; i++) {
    const character = text[i]!
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'" || (character === '`' && depth > 0)) quote = character
    else if (character === '{') depth++
    else if (character === '}') depth--
    else if (character === '>' && depth <= 0) return i + 1
    else if (character === '\n' && text[i + 1] === '\n' && depth <= 0) return -1
  }
  return -1
}

function endOfBraces(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length && i < at + MAX_TAG_CHARS; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i + 1
  }
  return -1
}
