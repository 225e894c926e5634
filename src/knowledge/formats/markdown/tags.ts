/** A tag of a template or a shortcode, with its place in the text. */
export interface Tag {
  readonly start: number
  readonly end: number
  readonly attributes: string
}

/** Attributes with the title of what is shown. */
const TITLE = /(?:^|\s)(?:title|name|label|header|heading|caption)\s*=\s*(?:"([^"]*)"|'([^']*)')/
/** Attributes with its text. */
const TEXT = /(?:^|\s)(?:content|text|message)\s*=\s*(?:"([^"]*)"|'([^']*)')/
/** A path or the name of a file. */
const ADDRESS = /^\S*\/\S*$|^\S*\.\w{2,4}$/
/** White space that may precede or follow a tag that is alone on its line. */
const MAX_INDENT = 80

/** Returns the matches of a global pattern, whose first group has the attributes. */
export function matchTags(text: string, pattern: RegExp): readonly Tag[] {
  return Array.from(text.matchAll(pattern), ({ 0: whole, 1: attributes = '', index }) => ({
    start: index,
    end: index + whole.length,
    attributes,
  }))
}

/** Returns the title in the attributes of a shortcode or tag after `before`, or an empty text. */
export function titleOf(attributes: string, before = ''): string {
  const match = TITLE.exec(attributes)
  const title = (match?.[1] ?? match?.[2] ?? '').trim()
  return title === '' ? '' : before + title
}

/** Returns the text in the attributes of a shortcode or tag, or an empty text. */
export function textIn(attributes: string): string {
  const match = TEXT.exec(attributes)
  const text = (match?.[1] ?? match?.[2] ?? '').trim()
  return ADDRESS.test(text) ? '' : text
}

/** Returns whether a part of a text is alone on its line. */
export function isLine(text: string, at: number, length: number): boolean {
  const after = text.slice(at + length, at + length + MAX_INDENT)
  return indentBefore(text, at) !== undefined && /^[^\S\n]*(?:\n|$)/.test(after)
}

/** Returns the white space before the first text of a line, up to 80 characters, else undefined. */
export function indentBefore(text: string, at: number): string | undefined {
  const before = text.slice(Math.max(0, at - MAX_INDENT), at)
  const indent = before.slice(before.lastIndexOf('\n') + 1)
  return indent.trim() === '' ? indent : undefined
}

/** Gives the code between two tags a fence, below its title. */
export function fence(text: string, opens: readonly Tag[], closes: readonly Tag[]): string {
  return between(text, opens, closes, (attributes, body) => {
    const title = titleOf(attributes)
    const language = /\b(?:code)?lang="(\w+)"/.exec(attributes)?.[1] ?? languageIn(title) ?? /^[\w-]+/.exec(attributes)?.[0] ?? ''
    const code = body.replace(/^\n+/, '').trimEnd()
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
export function dropBetween(text: string, opens: readonly Tag[], closes: readonly Tag[]): string {
  return between(text, opens, closes, () => '')
}

/** Replaces what is between two tags, in linear time. An open tag without an end is kept. */
function between(
  text: string,
  opens: readonly Tag[],
  closes: readonly Tag[],
  show: (attributes: string, body: string) => string,
): string {
  const parts: string[] = []
  let end = 0
  let next = 0
  for (const open of opens) {
    if (open.start < end) continue
    while (next < closes.length && closes[next]!.start < open.end) next++
    const close = closes[next]
    if (close === undefined) break
    parts.push(text.slice(end, open.start), show(open.attributes, text.slice(open.end, close.start)))
    end = close.end
  }
  return parts.join('') + text.slice(end)
}
