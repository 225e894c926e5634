import type { CheckTime } from '../parsed-document.ts'
import { admonitionOf } from './admonitions.ts'
import { dropBetween, fence, indentBefore, isLine, type Tag, textIn, titleOf } from './tags.ts'

/** A shortcode of Hugo, such as `{{< tab name="a" >}}` or `{{% /tab %}}`. */
interface Shortcode extends Tag {
  readonly marks: string
  readonly name: string
  readonly kind: 'open' | 'close' | 'single'
}

/** Names that Hugo sites use for the usual headings. */
const HEADINGS: Readonly<Record<string, string>> = { whatsnext: "What's next", prerequisites: 'Before you begin' }
/** The beginning of a shortcode, or its end. */
const MARKS = /(?<!\{)\{{2,}([<%])|[>%]\}{2,}/g
const NAME = /^[\w.-]+/
/** Shortcodes whose first argument is the title of their content, and remarks. */
const TITLED = /^(?:tab|tab-?item|step|details|expand|collapse|accordion(?:-?item)?|panel|card|spoiler)$/
const FIRST_STRING = /^(?:"[^"]*"|'[^']*')/
/** Longer text between two marks is no shortcode. */
const MAX_CHARS = 2000
const UNSHOWN = /^(?:comment|mermaid)$/

/**
 * Replaces Hugo's shortcodes by the text that they show: titles of tabs, tooltips, headings and
 * remarks. Code between shortcodes gets fences.
 */
export function expandHugo(text: string, checkTime: CheckTime): string {
  if (!/\{\{[<%]/.test(text)) return text
  const isPane = text.includes('tabpane') && !/\btext="?true/.test(text)
  let shown = rewrite(text, dropBetween, ({ name }) => UNSHOWN.test(name))
  shown = rewrite(shown, fence, code => code.name === 'tab' && (code.kind === 'close' || isCodeTab(code, isPane)))
  shown = rewrite(shown, fence, code => code.name === 'highlight' && (code.kind === 'close' || /^[\w-]/.test(code.attributes)))
  const parts: string[] = []
  let end = 0
  const codes = readShortcodes(shown)
  const closed = new Set(codes.filter(({ kind }) => kind === 'close').map(({ name }) => name))
  for (const code of codes) {
    checkTime()
    const { start, name } = code
    const isAlone = isLine(shown, start, code.end - start)
    const beginsBlock = isAlone || (closed.has(name) && indentBefore(shown, start) !== undefined)
    parts.push(shown.slice(end, start), shownFor(code, { isAlone, beginsBlock, hasContent: closed.has(name) }))
    end = code.end
  }
  // A shortcode in a comment is an example.
  return (parts.join('') + shown.slice(end)).replace(
    /\{\{([<%])\/\*[^\S\n]*([^*\n]{0,300})\*\/([>%])\}\}/g,
    (_whole, open, call, close) => `{{${open} ${call.trim()} ${close}}}`,
  )
}

/** Rewrites what is between the shortcodes that are chosen. */
function rewrite(
  text: string,
  write: (text: string, opens: readonly Tag[], closes: readonly Tag[]) => string,
  isChosen: (code: Shortcode) => boolean,
): string {
  const chosen = readShortcodes(text).filter(isChosen)
  const [opens, closes] = [chosen.filter(({ kind }) => kind === 'open'), chosen.filter(({ kind }) => kind === 'close')]
  return write(text, opens, closes)
}

/** Returns whether a tab contains code: by its language, or in Docsy by how it is called. */
function isCodeTab({ marks, attributes }: Shortcode, isPane: boolean): boolean {
  if (attributes === '') return false
  return /\bcodelang="/.test(attributes) || (marks === '<' && (isPane || /\blang="/.test(attributes)))
}

/** Finds the shortcodes of a text in linear time. None contains another one. */
function readShortcodes(text: string): readonly Shortcode[] {
  const codes: Shortcode[] = []
  let open: { readonly marks: string; readonly start: number; readonly content: number } | undefined
  for (const { 0: whole, 1: marks, index } of text.matchAll(MARKS)) {
    if (marks !== undefined) open = { marks, start: index, content: index + whole.length }
    else if (open !== undefined) {
      const code = index - open.content > MAX_CHARS ? undefined : readShortcode(text.slice(open.content, index))
      if (code !== undefined) codes.push({ ...code, marks: open.marks, start: open.start, end: index + whole.length })
      open = undefined
    }
  }
  return codes
}

function readShortcode(content: string): Pick<Shortcode, 'name' | 'kind' | 'attributes'> | undefined {
  const written = content.trim()
  const isClose = written.startsWith('/')
  const isSingle = written.endsWith('/')
  const call = written.slice(isClose ? 1 : 0, isSingle ? -1 : undefined).trim()
  const name = NAME.exec(call)?.[0]
  if (name === undefined || call.includes('{{')) return undefined
  const rest = call.slice(name.length).trim()
  const isTitled = !isSingle && FIRST_STRING.test(rest) && (TITLED.test(name) || admonitionOf(name) !== undefined)
  return { name, kind: isClose ? 'close' : isSingle ? 'single' : 'open', attributes: isTitled ? `title=${rest}` : rest }
}

interface Place {
  /** Whether it is alone on its line. */
  readonly isAlone: boolean
  readonly beginsBlock: boolean
  /** Whether text is between it and its end. */
  readonly hasContent: boolean
}

function shownFor({ name, kind, attributes }: Shortcode, { isAlone, beginsBlock, hasContent }: Place): string {
  if (kind === 'close') return isAlone ? ':::' : TITLED.test(name) ? ' ' : ''
  const [title, text] = [titleOf(attributes), textIn(attributes)]
  if (admonitionOf(name) !== undefined) return `\n\n:::${name} ${title}\n\n${text === '' ? '' : `${text}\n\n`}`
  if (name === 'heading') {
    const word = /"([^"]*)"/.exec(attributes)?.[1] ?? ''
    return HEADINGS[word] ?? word.charAt(0).toUpperCase() + word.slice(1)
  }
  if (name === 'tabs') return ''
  if (title !== '' && beginsBlock) return `\n\n${title.replace(/:$/, '')}:\n\n${text}`
  // Without a break, the title and the content would be one word.
  if (title !== '') return text === '' ? title + (hasContent ? ': ' : '') : `${title}: ${text}`
  return text === '' ? (/term_id="([^"]*)"/.exec(attributes)?.[1]?.replaceAll('-', ' ') ?? '') : text
}
