import { createFenceReader } from '../../formats/markdown/code/fences.ts'
import { linesBetween, optionOf, selectLines, selectPart, selectRanges, templateOption, textBetween } from './included-parts.ts'

/** A place of a Markdown page where another file is shown. */
export interface MarkdownInclude {
  readonly indent: string
  /** The path as written. */
  readonly written: string
  /** The path without the name of a part. */
  readonly path: string
  /** `plain` is text or code that is inserted unchanged, within a fence for instance. */
  readonly kind: 'page' | 'code' | 'plain'
  /** Names the part that is shown. */
  readonly part: string
  /** Options of a directive, else an empty text. */
  readonly options: string
  /** Selects what is shown. */
  readonly select: (content: string) => string
}

/** What another file replaces: a line, or a directive of MyST without content. */
export const MARKDOWN_INCLUDE =
  /^(?<indent>[^\S\n]{0,100})(?:\{\*[^\S\n]+(?<star>\S{1,500})(?<ranges>[^\n]*)\*\}|<<<[^\S\n]+(?<angle>\S+)[^\n]*|-{1,2}8<-{1,2}[^\S\n]+["'](?<snippet>[^"'\n]+)["']|@include[^\S\n]+(?<site>\S{1,500}\.(?:mdx?|markdown|txt))|\{%-?\s{0,100}include-markdown\s{1,100}["'](?<page>[^"'\n]+)["'](?<edges>[^%]{0,1000})%\}|(?<marks>`{3,}|~{3,}|:{3,})\{(?<name>include|literalinclude)\}[^\S\n]+(?<target>\S+)[^\S\n]*(?<options>(?:\n[^\S\n]*(?::[\w-]+:[^\n]*|---|[\w-]+:[^\n]*|))*)\n[^\S\n]*\k<marks>)[^\S\n]*$/gm
/** The path in `@/file.ts#region{2}` and `file.md:section`, and the name of the part. */
const PART = /^(?:@\/)?([^{#:]*)[#:]?([^{]*)/
/** An option of MyST: `:name: value`, or a line of YAML. Both have values of YAML. */
const OPTION = /^[^\S\n]*:?([\w-]+):[^\S\n]*(.*)$/gm
const QUOTED = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*$/
/** Code in which a snippet is an example. */
const EXAMPLE = /^\s*(?:md|markdown)\b/

/** Reads a match of `MARKDOWN_INCLUDE`. */
export function readMarkdownInclude({ groups = {} }: RegExpMatchArray): MarkdownInclude {
  const {
    indent = '',
    star,
    ranges = '',
    angle,
    snippet,
    site,
    page = site,
    edges = '',
    name,
    target = '',
    options = '',
  } = groups
  const shared = { indent, part: '', options: '' }
  if (page !== undefined) {
    const select = (content: string) => textBetween(content, templateOption(edges, 'start'), templateOption(edges, 'end'))
    return { ...shared, written: page, path: page, kind: 'page', part: edges, select }
  }
  if (name !== undefined) {
    const fields = options.replace(OPTION, (_line, option, value) => `:${option}: ${withoutQuotes(value)}`)
    const isPage = name === 'include' && !/:(?:literal|code):/.test(fields)
    const select = (content: string) => selectLines(linesBetween(content, fields), optionOf(fields, 'lines')).join('\n')
    return { ...shared, written: target, path: target, kind: isPage ? 'page' : 'code', part: fields, options: fields, select }
  }
  const written = star ?? angle ?? snippet ?? ''
  const [, path = '', part = ''] = PART.exec(written) ?? []
  const lines = /\bln\[([^\]\n]*)\]/.exec(ranges)?.[1]
  const select = (content: string) => (lines === undefined ? selectPart(content, part) : selectRanges(content, lines))
  return { ...shared, written, path, kind: snippet === undefined ? 'code' : 'plain', part, select }
}

/** Removes the quotes of YAML around a value. */
function withoutQuotes(value: string): string {
  const [, double, single] = QUOTED.exec(value) ?? []
  return double?.replace(/\\(["\\])/g, '$1') ?? single?.replaceAll("''", "'") ?? value
}

/**
 * Returns a function that decides, in the order of the text, whether a match is in code: not at
 * all, as an example, or as a snippet, which is shown as code.
 */
export function createExampleFinder(text: string): (match: RegExpMatchArray) => 'shown' | 'maybe' | 'example' {
  const lines = text.split('\n')
  const readFence = createFenceReader()
  let line = 0
  let start = 0
  let language = ''
  return ({ index = 0, groups = {} }) => {
    let isCode = false
    for (; line < lines.length && start <= index; line++) {
      const read = readFence(lines[line]!)
      if (read.kind === 'open') language = read.content.kind === 'code' ? read.content.language : ''
      isCode = read.kind === 'code'
      start += lines[line]!.length + 1
    }
    if (!isCode) return 'shown'
    if (groups.snippet !== undefined) return EXAMPLE.test(language) ? 'maybe' : 'shown'
    return [groups.angle, groups.name, groups.site].some(group => group !== undefined) ? 'example' : 'maybe'
  }
}
