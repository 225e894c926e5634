import type { CheckTime } from '../../parsed-document.ts'
import { createCodeFinder } from '../code/code-spans.ts'
import { indentBefore } from '../tags.ts'
import { textOfTag } from './component-text.ts'

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
/** An expression in braces that is a text or a constant, which is shown. */
const LITERAL = /^\{\s*(?:(["'`])([^"'`]*)\1|(-?(?:\d[\w.]*|Infinity)|NaN|undefined|null|true|false))\s*\}$/
/** Components whose children are tabs, named by their slots. */
const TABS = /Tabs$/
/** Questions, of whose options only the right one is text about the subject. */
const QUESTIONS = /(?:Choices?|Quiz|Question)$/
const WRONG_OPTION = /^<(?:Option|Choice|Answer)\b(?![^>]*\s(?:is)?correct)/i
const MAX_OPTION_CHARS = 2000
/** The components that are open where a text ends. */
interface OpenComponents {
  tabs: number
  questions: number
}

/**
 * Creates a function that removes the tags of components (JSX, Vue) from the texts of a page
 * between its fenced code, in order, and keeps what is between them. Inline code is not changed.
 * `<Name>` without an end tag is a placeholder and is kept.
 */
export function createUnwrapper(page: Page): (text: string) => string {
  const open: OpenComponents = { tabs: 0, questions: 0 }
  return text => (text.includes('<') || (page.isMdx && text.includes('{')) ? unwrap(text, page, open) : text)
}

function unwrap(text: string, { isMdx, closed, checkTime }: Page, open: OpenComponents): string {
  const parts: string[] = []
  const findCode = createCodeFinder(text)
  let from = 0
  let at = 0
  const replace = (end: number, by: string) => {
    const before = text.slice(from, at)
    // What is removed leaves no space before a punctuation mark.
    parts.push(by === '' && /[,.;:!?)]/.test(text[end] ?? '') ? before.replace(/(?<=\S) $/, '') : before, by)
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
    if (character === '`') at = findCode(at)?.end ?? at + 1
    else if (character === '\\') at += 2
    else if (character === '{') {
      const end = isMdx && !/^\{\s*#/.test(text.slice(at, at + 8)) ? endOfBraces(text, at) : -1
      if (end === -1) at++
      else {
        const [, , written, constant] = LITERAL.exec(text.slice(at, end)) ?? []
        replace(end, written ?? constant ?? '')
      }
    } else {
      TAG.lastIndex = at
      const [, slash, name = ''] = TAG.exec(text) ?? []
      const isComponent = /^[A-Z]|-/.test(name) || (isMdx && WRAPPERS.has(name)) || VUE.test(text.slice(at, at + MAX_TAG_CHARS))
      const end = isComponent ? endOfTag(text, at) : -1
      if (end === -1) at++
      else if (!closed.has(name) && text.slice(at, end) === `<${name}>`) replace(end, `&lt;${name}&gt;`)
      else {
        const tag = text.slice(at, end)
        const isWrong = open.questions > 0 && WRONG_OPTION.test(tag)
        const close = isWrong ? text.slice(end, end + MAX_OPTION_CHARS).indexOf(`</${name}>`) : -1
        track(open, name, tag)
        if (close !== -1) replace(end + close + name.length + 3, '')
        else {
          const indent = indentBefore(text, at)
          const endsLine = /^[^\S\n]*(?:\n|$)/.test(text.slice(end, end + 80))
          replace(end, textOfTag({ name, tag, isEnd: slash === '/', isInTabs: open.tabs > 0, indent, endsLine }))
        }
      }
    }
  }
  parts.push(text.slice(from))
  return parts.join('')
}

/** Counts the open components that give their children a meaning. */
function track(open: OpenComponents, name: string, tag: string): void {
  const change = tag.endsWith('/>') ? 0 : tag.startsWith('</') ? -1 : 1
  if (TABS.test(name)) open.tabs = Math.max(0, open.tabs + change)
  else if (QUESTIONS.test(name)) open.questions = Math.max(0, open.questions + change)
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
