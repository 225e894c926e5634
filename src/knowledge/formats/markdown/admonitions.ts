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
const MARKS = /^([^\S\n]*)(!!!|\?\?\?\+?|===[+!]?)([^\S\n]*)(["A-Za-z].*)$/
const QUOTED = /^(?:([\w-]+)(?: [\w -]*)?)?"(.*)"$/
/** Where a box is placed. */
const PLACE = /^(?:inline|end)(?:\s+|$)/
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
  if (colons === null && slashes === null) return readMarks(line)
  const [, indent = '', name = '', first, second] = colons ?? slashes ?? []
  const title = (first ?? second ?? '').replace(/^["']|["']$/g, '').trim()
  return { kind: 'open', indent, label: admonitionOf(name) ?? '', title, isIndented: false }
}

/** Reads `!!! note "Title"`, with a title that may have no quotes, or `=== "Tab"`. */
function readMarks(line: string): BoxLine | undefined {
  const [, indent = '', marks = '', space = '', rest = ''] = MARKS.exec(line.trimEnd()) ?? []
  const open = (name: string, title: string): BoxLine => {
    return { kind: 'open', indent, label: admonitionOf(name) ?? '', title: title.trim(), isIndented: true }
  }
  const quoted = QUOTED.exec(rest)
  if (quoted !== null) return open(quoted[1] ?? '', quoted[2]!)
  const name = /^[\w-]+/.exec(rest)?.[0] ?? ''
  const title = rest.slice(name.length)
  const isKind = admonitionOf(name) !== undefined && /^(?:\s|$)/.test(title)
  if (name === '' || marks.startsWith('=') || (space === '' && !isKind)) return undefined
  if (isKind || title === '') return open(name, title.trim().replace(PLACE, '').replace(PLACE, ''))
  return /^[A-Z]/.test(name) ? open('', rest) : undefined
}

/** Writes the label and title of a box as a line above its content. */
export function boxTitle(label: string, title: string): string {
  const text = title.endsWith(':') ? title.slice(0, -1).trimEnd() : title
  const shown = [label, text].filter(part => part !== '').join(' – ')
  return /[.!?]$/.test(shown) ? shown : `${shown}:`
}

/**
 * Replaces the first line of alerts (`> [!NOTE]` of GitHub, `> [!faq]- Title` of Obsidian) by the
 * word before their text.
 */
export function expandAlerts(text: string): string {
  return text
    .replace(ALERT, (_whole, quote: string, kind: string, rest: string) => {
      const title = rest.replace(/^>\s*/, '').trim()
      return `${quote}${boxTitle(labelOf(kind), title)}\n${quote}\n`
    })
    .replace(UNTITLED_ALERT, (_whole, quote: string, kind: string) => `${quote}${labelOf(kind)}: `)
}

const ALERT = /^([^\S\n]*>[^\S\n]*)\[!([A-Za-z]{2,20})\][+-]?[^\S\n]+(\S[^\n]*)\n/gm
const UNTITLED_ALERT = /^([^\S\n]*>[^\S\n]*)\[!([A-Za-z]{2,20})\][+-]?[^\S\n]*\n[^\S\n]*>[^\S\n]*(?=\S)/gm

function labelOf(kind: string): string {
  return admonitionOf(kind) ?? kind.charAt(0).toUpperCase() + kind.slice(1)
}
