/** Words that mark a paragraph as a remark. Their first letter is shown in upper case. */
const KINDS = new Set(
  'note tip hint info important warning caution danger attention error seealso success question example abstract bug check'.split(
    ' ',
  ),
)

/** The beginning of a box or tab, or its end. */
export type BoxLine =
  | {
      readonly kind: 'open'
      readonly indent: string
      readonly label: string
      readonly title: string
      readonly isIndented: boolean
    }
  | { readonly kind: 'close' }

const COLONS = /^([^\S\n]*):{3,}[^\S\n]*\{?([\w-]+)\}?[^\S\n]*(?:\[(.*)\]|(.*?))[^\S\n]*(?:\{[^{}]*\})?$/
const SLASHES = /^([^\S\n]*)\/{3,}[^\S\n]+([\w-]+)[^\S\n]*(?:\|[^\S\n]*(.*))?$/
const MARKS = /^([^\S\n]*)(?:!!!|\?\?\?\+?|===[+!]?)[^\S\n]+(?:([\w-]+)[^\S\n]*)?(?:[\w -]*"(.*)")?[^\S\n]*$/
/** A longer line begins no box. */
const MAX_LINE = 1000
const CLOSE = /^[^\S\n]*(?::{3,}|\/{3,})[^\S\n]*$/

/** Returns the label of a kind of remark, such as `Note`; undefined for other words. */
export function admonitionOf(kind: string): string | undefined {
  const name = kind.toLowerCase()
  if (name === 'seealso') return 'See also'
  return KINDS.has(name) ? name.charAt(0).toUpperCase() + name.slice(1) : undefined
}

/**
 * Reads a line that begins or ends a box: `:::note Title` (Docusaurus, VitePress, MyST),
 * `/// note | Title` (PyMdown) and `!!! note "Title"` or `=== "Tab"` (MkDocs), whose content is
 * indented.
 */
export function readBoxLine(line: string): BoxLine | undefined {
  if (line.length > MAX_LINE || !/^[^\S\n]*[:/!?=]{3}/.test(line)) return undefined
  if (CLOSE.test(line)) return { kind: 'close' }
  const colons = COLONS.exec(line)
  const slashes = colons === null ? SLASHES.exec(line) : null
  const marks = colons === null && slashes === null ? MARKS.exec(line) : null
  const [, indent = '', name = '', first, second] = colons ?? slashes ?? marks ?? []
  if (colons === null && slashes === null && (marks === null || (name === '' && first === undefined))) return undefined
  const title = (first ?? second ?? '').replace(/^["']|["']$/g, '').trim()
  return { kind: 'open', indent, label: admonitionOf(name) ?? '', title, isIndented: marks !== null }
}

/**
 * Replaces the first line of alerts (`> [!NOTE]` of GitHub, `> [!faq]- Title` of Obsidian) by the
 * word before their text.
 */
export function expandAlerts(text: string): string {
  return text
    .replace(ALERT, (_whole, quote: string, kind: string, rest: string) => {
      const title = rest.replace(/^>\s*/, '').trim()
      return `${quote}${labelOf(kind)}: ${title}${/[.:!?]$/.test(title) ? '' : ':'}\n${quote}\n`
    })
    .replace(UNTITLED_ALERT, (_whole, quote: string, kind: string) => `${quote}${labelOf(kind)}: `)
}

const ALERT = /^([^\S\n]*>[^\S\n]*)\[!([A-Za-z]{2,20})\][+-]?[^\S\n]+(\S[^\n]*)\n/gm
const UNTITLED_ALERT = /^([^\S\n]*>[^\S\n]*)\[!([A-Za-z]{2,20})\][+-]?[^\S\n]*\n[^\S\n]*>[^\S\n]*(?=\S)/gm

function labelOf(kind: string): string {
  return admonitionOf(kind) ?? kind.charAt(0).toUpperCase() + kind.slice(1)
}
