import { admonitionOf, boxTitle } from './admonitions.ts'
import { replaceOutsideCode } from './code/code-spans.ts'
import { dropBetween, fence, isLine, matchTags, textIn, titleOf } from './tags.ts'

/** A variable, or a tag with the emphasis around it. */
const LIQUID = new RegExp(
  String.raw`(\{\{-?[^\S\n]*[$\w][^}\n]{0,200}\}\})|` +
    String.raw`(\*\*|__|)\{%-?\s*([\w-]{1,60})([^%]{0,300})%\}(?:(\2)(?!\w)|)`,
  'g',
)
/** A variable of Jekyll or VuePress. */
const SITE_VARIABLE = /^\{\{-?\s*(?:\$|(?:page|site|theme|include|layout|jekyll|forloop)\.)/
/** The name of the variable that a tag fills. Double braces with other names are examples. */
const FILLED = /^(?:assign|capture|for|set)\s+["']?([\w-]+)/
const COMMENT = /\{%-?\s*comment\s*-?%\}/g
const END_COMMENT = /\{%-?\s*endcomment\s*-?%\}/g
const HIGHLIGHT = /\{%-?\s*highlight\s+([\w-][^%]*)%\}/g
const END_HIGHLIGHT = /\{%-?\s*endhighlight\s*-?%\}/g
/** Begins and ends text in which tags and variables are examples. */
const RAW = /\{%-?[^\S\n]*(?:end)?raw[^\S\n]*-?%\}/g
/** Tags that select, load or address something. Their strings are not shown. */
const UNSHOWN = new Set(
  (
    'if elsif elif unless case when for include include_relative includes render layout extends block import from use macro call ' +
    'page link post_url url static asset assign capture set cycle load with filter gist embed youtube vimeo video tweet codepen'
  ).split(' '),
)
const UNSHOWN_NAME = /icon|sprite/
/** The arguments of a tag that are all strings, of which the last is the text. */
const STRINGS = /^\s*(?:(?:"[^"\n]*"|'[^'\n]*')[\s,]*)+-?$/
/** The name of the file that is included, such as `note` in `{% include note.html %}`. */
const INCLUDED = /^include(?:_relative)?\s+["']?(?:[\w./-]*\/)?([\w-]+)/
/** A file or path. */
const ADDRESS = /^\S*\/\S*$|\.\w{2,4}$/

/** Replaces the tags of Liquid templates (Jekyll, Eleventy, GitBook) by the text that they show. */
export function expandLiquid(text: string): string {
  if (!text.includes('{%') && !text.includes('{{')) return text
  const shown = dropBetween(text, matchTags(text, COMMENT), matchTags(text, END_COMMENT))
  let isRaw = false
  const filled = new Set<string>()
  const showCode = (code: string) => (isRaw || /\{%-?\s*endraw/.test(code) ? dropRawTags(code) : code)
  const showTag = ({
    0: whole,
    1: variable,
    2: marks = '',
    3: name = '',
    4: rest = '',
    5: closing = '',
    index,
  }: RegExpExecArray) => {
    if (name === 'raw' || name === 'endraw') {
      isRaw = name === 'raw'
      return marks + closing
    }
    if (isRaw) return whole
    if (variable !== undefined) {
      const isFilled = filled.has(/\w[\w-]*/.exec(variable)?.[0] ?? '') || SITE_VARIABLE.test(variable)
      return isFilled ? '' : whole
    }
    const fills = FILLED.exec(`${name} ${rest.trimStart()}`)?.[1]
    if (fills !== undefined) filled.add(fills)
    const start = index + marks.length
    const content = shownFor(name, rest, isLine(shown, start, whole.length - marks.length))
    if (content !== '') return marks + content + closing
    // The target of a link is not shown, but needs to be one.
    if (/\]:[^\S\n]{0,9}$/.test(shown.slice(Math.max(0, start - 12), start))) return '#'
    return closing === '' ? marks : ''
  }
  return replaceOutsideCode(shown, LIQUID, showTag, showCode)
}

/** Removes the tags around examples from code. */
export function dropRawTags(code: string): string {
  return code.includes('{%') ? code.replace(RAW, '') : code
}

/** Gives Jekyll's highlighted code a fence. */
export function fenceLiquid(text: string): string {
  if (!text.includes('{%')) return text
  return fence(text, matchTags(text, HIGHLIGHT), matchTags(text, END_HIGHLIGHT))
}

function shownFor(name: string, rest: string, isAlone: boolean): string {
  if (name === 'hint') return `:::${/style="(\w+)"/.exec(rest)?.[1] ?? 'note'}`
  if (name.startsWith('end')) return isAlone ? ':::' : ''
  const [title, text] = [titleOf(rest), textIn(rest)]
  const label = admonitionOf(INCLUDED.exec(`${name} ${rest}`)?.[1] ?? '') ?? ''
  if (text !== '') return label === '' && title === '' ? text : `${boxTitle(label, title)} ${text}`
  return title === '' ? lastString(name, rest) : `${title}:`
}

/** Returns the text that a tag such as `{% channel "tea" "Tea lovers" %}` shows. */
function lastString(name: string, rest: string): string {
  if (UNSHOWN.has(name) || UNSHOWN_NAME.test(name) || !STRINGS.test(rest)) return ''
  const strings = Array.from(rest.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g), ([, double, single]) => double ?? single ?? '')
  const last = strings.at(-1)!.replace(/\s+/g, ' ').trim()
  if (ADDRESS.test(last)) return ''
  return strings.length === 1 && name.endsWith('channel') && !last.startsWith('#') ? `#${last}` : last
}
