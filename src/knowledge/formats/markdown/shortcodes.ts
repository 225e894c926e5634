import type { CheckTime } from '../parsed-document.ts'
import { admonitionOf } from './admonitions.ts'

/** Names that Hugo sites use for the usual headings. */
const HEADINGS: Readonly<Record<string, string>> = { whatsnext: "What's next", prerequisites: 'Before you begin' }
/** The attributes of a shortcode. They contain no other one, which makes the search linear. */
const ATTRIBUTES = String.raw`(?:[^{}]|\{(?!\{))*?`
const HUGO = /\{\{+([<%])[^\S\n]*(\/?)[^\S\n]*([\w.-]+)((?:[^>%"{}]|\{(?!\{)|"(?:[^"{]|\{(?!\{))*"){0,500}?)\/?[^\S\n]*[>%]\}\}+/g
const UNSHOWN = new RegExp(String.raw`\{\{[<%]\s*(?:comment|mermaid)\b${ATTRIBUTES}\}\}`, 'g')
const HIGHLIGHT = new RegExp(String.raw`\{\{[<%]\s*highlight\s+([\w-]${ATTRIBUTES})[>%]\}\}`, 'g')
/** A tab that contains code: by its language, or in Docsy by how it is called. */
const LANGUAGE_TAB = new RegExp(
  String.raw`\{\{(?:[<%]\s*tab\s+(?=${ATTRIBUTES}\bcodelang=")|<\s*tab\s+(?=${ATTRIBUTES}\blang="))(?!${ATTRIBUTES}\/[>%]\}\})(${ATTRIBUTES})[>%]\}\}`,
  'g',
)
const CODE_TAB = new RegExp(
  String.raw`\{\{(?:[<%]\s*tab\s+(?=${ATTRIBUTES}\bcodelang=")|<\s*tab\s+)(?!${ATTRIBUTES}\/[>%]\}\})(${ATTRIBUTES})[>%]\}\}`,
  'g',
)
/** Attributes whose text is shown. */
const SHOWN = /(?:^|\s)(?:title|text|name|label|header|heading|caption)\s*=\s*(?:"([^"]*)"|'([^']*)')/

/**
 * Replaces Hugo's shortcodes by the text that they show: titles of tabs, tooltips, headings and
 * remarks. Code between shortcodes gets fences.
 */
export function expandHugo(text: string, checkTime: CheckTime): string {
  if (!/\{\{[<%]/.test(text)) return text
  let shown = dropBetween(text, UNSHOWN, /\{\{[<%]\s*\/\s*(?:comment|mermaid)\s*[>%]\}\}/g)
  shown = fence(
    shown,
    text.includes('tabpane') && !/\btext="?true/.test(text) ? CODE_TAB : LANGUAGE_TAB,
    /\{\{[<%]\s*\/\s*tab\s*[>%]\}\}/g,
  )
  shown = fence(shown, HIGHLIGHT, /\{\{[<%]\s*\/\s*highlight\s*[>%]\}\}/g)
  shown = shown.replace(HUGO, (whole, _kind, slash: string, name: string, rest: string, at: number) => {
    checkTime()
    const isAlone = isLine(shown, at, whole.length)
    if (slash === '/') return isAlone ? ':::' : ''
    const kind = admonitionOf(name)
    if (kind !== undefined) return `\n\n:::${name}${titleOf(rest, ' ')}\n\n`
    if (name === 'heading') {
      const word = /"([^"]*)"/.exec(rest)?.[1] ?? ''
      return HEADINGS[word] ?? word.charAt(0).toUpperCase() + word.slice(1)
    }
    if (name === 'tabs') return ''
    const title = titleOf(rest, '')
    if (title !== '') return isAlone ? `\n\n${title}:\n\n` : title
    return /term_id="([^"]*)"/.exec(rest)?.[1]?.replaceAll('-', ' ') ?? ''
  })
  // A shortcode in a comment is an example.
  return shown.replace(
    /\{\{([<%])\/\*[^\S\n]*([^*\n]{0,300})\*\/([>%])\}\}/g,
    (_whole, open, call, close) => `{{${open} ${call.trim()} ${close}}}`,
  )
}

/** Returns the shown attribute of a shortcode or tag after `before`, or an empty text. */
export function titleOf(attributes: string, before: string): string {
  const match = SHOWN.exec(attributes)
  const title = (match?.[1] ?? match?.[2] ?? '').trim()
  return title === '' ? '' : before + title
}

/** Returns whether a part of a text is alone on its line. */
export function isLine(text: string, at: number, length: number): boolean {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return text.slice(start, at).trim() === '' && /^[^\S\n]*(?:\n|$)/.test(text.slice(at + length, at + length + 80))
}

/** Gives the code between two tags a fence, below its title. */
export function fence(text: string, open: RegExp, close: RegExp): string {
  return between(text, open, close, (attributes, body) => {
    const title = titleOf(attributes, '')
    const language = /\b(?:code)?lang="(\w+)"/.exec(attributes)?.[1] ?? languageIn(title) ?? /^[\w-]+/.exec(attributes)?.[0] ?? ''
    const code = body.replace(/^\n+|\s+$/g, '')
    const shown = /^\s*(?:`{3}|~{3})/.test(code) ? code : `\`\`\`${language}\n${code}\n\`\`\``
    return `${title === '' ? '' : `\n\n${title.replace(/:$/, '')}:`}\n\n${shown}\n\n`
  })
}

/** The language that a tab is named after, such as `hugo.toml`. */
function languageIn(title: string): string | undefined {
  return (
    /(?:^|\.)(toml|ya?ml|json|html|bash|sh|go|scss|css|js|ts|py)$/i.exec(title)?.[1]?.toLowerCase() ??
    (title === '' ? undefined : '')
  )
}

/** Removes what is between two tags, with the tags. */
export function dropBetween(text: string, open: RegExp, close: RegExp): string {
  return between(text, open, close, () => '')
}

/** Replaces what is between two tags, in linear time. */
function between(text: string, open: RegExp, close: RegExp, show: (attributes: string, body: string) => string): string {
  const parts: string[] = []
  let end = 0
  for (;;) {
    open.lastIndex = end
    const begin = open.exec(text)
    close.lastIndex = open.lastIndex
    const stop = begin === null ? null : close.exec(text)
    if (begin === null || stop === null) return parts.join('') + text.slice(end)
    parts.push(text.slice(end, begin.index), show(begin[1] ?? '', text.slice(begin.index + begin[0].length, stop.index)))
    end = stop.index + stop[0].length
  }
}
