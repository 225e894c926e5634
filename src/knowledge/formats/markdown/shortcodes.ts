import type { CheckTime } from '../parsed-document.ts'
import { admonitionOf } from './admonitions.ts'
import { dropBetween, fence, isLine, type Tag, titleOf } from './tags.ts'

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
  for (const code of readShortcodes(shown)) {
    checkTime()
    parts.push(shown.slice(end, code.start), shownFor(code, isLine(shown, code.start, code.end - code.start)))
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
  return { name, kind: isClose ? 'close' : isSingle ? 'single' : 'open', attributes: call.slice(name.length).trim() }
}

function shownFor({ name, kind, attributes }: Shortcode, isAlone: boolean): string {
  if (kind === 'close') return isAlone ? ':::' : ''
  if (admonitionOf(name) !== undefined) return `\n\n:::${name}${titleOf(attributes, ' ')}\n\n`
  if (name === 'heading') {
    const word = /"([^"]*)"/.exec(attributes)?.[1] ?? ''
    return HEADINGS[word] ?? word.charAt(0).toUpperCase() + word.slice(1)
  }
  if (name === 'tabs') return ''
  const title = titleOf(attributes, '')
  if (title !== '') return isAlone ? `\n\n${title}:\n\n` : title
  return /term_id="([^"]*)"/.exec(attributes)?.[1]?.replaceAll('-', ' ') ?? ''
}
