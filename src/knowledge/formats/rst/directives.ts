import type { RstDirective, RstNode } from 'rst-compiler'
import { writeKeywords } from '../keywords.ts'
import type { Outline } from '../outline.ts'
import { versionLabel } from '../version-notes.ts'
import { bodyOf, factsOf, optionOf } from './directive-parts.ts'
import { writeGlossary } from './glossary.ts'
import { type References, toText } from './inline-text.ts'
import { writeCsvTable, writeListTable } from './tables.ts'

/** How directives are written. */
export interface Writing {
  readonly outline: Outline
  readonly references: References
  readonly slug: (heading: string) => string | undefined
  /** The lines of the document. */
  readonly lines: readonly string[]
  write(node: RstNode, depth: number): void
}

/** Directives without content of their own, or with content from elsewhere. */
const UNREAD =
  /^(?:toctree|contents|index|highlight|(?:py:)?(?:current)?module|(?:literal)?include|raw|meta|role|default-role|sectnum|tabularcolumns|auto\w+|image|only-config|program|class-name|sphinx-\w+)$/
const CODE =
  /^(?:code|code-block|sourcecode|highlight|parsed-literal|prompt|testcode|testoutput|testsetup|doctest|ipython|console|plot|jupyter-execute|exec|code-cell)$/
const ADMONITION = /^(?:note|tip|hint|important|warning|caution|danger|attention|error|seealso)$/
/** Directives with a title and content. All others with an argument describe something. */
const TITLED =
  /^(?:admonition|topic|sidebar|rubric|tab|tab-item|dropdown|details|collapse|card|group-tab|table|list-table|csv-table|figure|container|only|ifconfig|math|grid|grid-item-card|tabs|tab-set|epigraph|centered|hlist|replace|date|unicode)$/
/** Content of `only` that is in other formats than HTML. */
const NOT_HTML = /^(?:latex|man|texinfo|text|epub|pdf|gettext|xml)(?:\s+or\s+(?:latex|man|texinfo|text|epub|pdf|gettext|xml))*$/
/** Directives of extensions that list keywords of the page. */
const KEYWORDS = /^(?:tags|keywords)$/
/** Of these, the argument is not a title. */
const UNTITLED = /^(?:only|ifconfig|container|math|figure)$/
/** Directives that display their argument even without content. */
const DESCRIBES =
  /^(?:(?:c|cpp|js|py|rst|http):.*|option|cmdoption|envvar|confval|object|describe|function|class|method|classmethod|staticmethod|attribute|data|exception|property|decorator|django-admin|django-admin-option|directive|role)$/
const MAX_SIGNATURE_CHARS = 200

/** Writes a directive as Sphinx displays it. */
export function writeDirective(directive: RstDirective, writing: Writing, depth: number): void {
  const name = directive.directive.replace(/^std:/, '')
  if (name === 'meta') writeKeywords(optionOf(directive, 'keywords').split(','), writing.outline)
  const argument = argumentOf(directive, writing.lines)
  if (UNREAD.test(name) || (name === 'only' && NOT_HTML.test(argument))) return
  const version = versionLabel(name)
  if (CODE.test(name)) writeCode(directive, argument, writing)
  else if (ADMONITION.test(name)) writeBox(directive, name, writing, depth)
  else if (version !== undefined) writeVersion(directive, version, writing, depth)
  else if (name === 'csv-table') writeCsvTable(directive, argument, writing)
  else if (name === 'glossary') writeGlossary(directive, writing, depth)
  else if (KEYWORDS.test(name)) writeKeywords(argument.split(','), writing.outline)
  else if (name === 'list-table') writeListTable(directive, argument, writing)
  else writeOther(directive, name, argument, writing, depth)
}

function writeOther(directive: RstDirective, name: string, argument: string, writing: Writing, depth: number): void {
  const { outline } = writing
  const body = bodyOf(directive)
  const isEntry = !TITLED.test(name) && !name.startsWith('doctest-') && argument !== ''
  const facts = isEntry ? factsOf(directive, writing.references) : []
  if (facts.length === 0 && isIndexEntry(directive, name, argument)) return
  if (isEntry && argument.length <= MAX_SIGNATURE_CHARS && (body.length > 0 || facts.length > 0)) {
    outline.beginEntry(argument.replace(/\\/g, ''), anchorOf(name, argument))
    for (const fact of facts) outline.line(`- ${fact}`)
    outline.endGroup()
    writeAll(body, writing, depth)
    outline.endEntry()
    return
  }
  if (TITLED.test(name) && argument !== '' && !UNTITLED.test(name)) outline.prose(`${argument}:`)
  outline.prose(optionOf(directive, 'alt'))
  outline.code(directive.rawBodyText)
  writeAll(TITLED.test(name) || /^doctest-/.test(name) ? body : directive.children, writing, depth)
}

/**
 * Returns whether a directive only marks a place, such as `.. setting:: NAME` before a heading.
 * Extensions of Sphinx define such directives. A sentence is a remark.
 */
function isIndexEntry(directive: RstDirective, name: string, argument: string): boolean {
  return (
    argument !== '' &&
    !/[.:!?]$/.test(argument) &&
    !TITLED.test(name) &&
    !DESCRIBES.test(name) &&
    !name.startsWith('doctest-') &&
    directive.rawBodyText === '' &&
    bodyOf(directive).length === 0 &&
    optionOf(directive, 'alt') === ''
  )
}

function writeCode(directive: RstDirective, argument: string, { outline }: Writing): void {
  const caption = optionOf(directive, 'caption')
  if (caption !== '') outline.prose(`${caption.replace(/:$/, '')}:`)
  outline.code(directive.rawBodyText || directive.textContent, argument.split(' ')[0])
}

function writeVersion(directive: RstDirective, label: string, writing: Writing, depth: number): void {
  const [first, ...rest] = directive.children
  const text = first === undefined ? '' : toText(first, writing.references)
  writing.outline.prose(`${label} ${text.replace(/^(\S+) (?=\S)/, '$1: ')}`)
  writeAll(rest, writing, depth)
}

function writeAll(nodes: readonly RstNode[], writing: Writing, depth: number): void {
  for (const node of nodes) writing.write(node, depth + 1)
}

/** Writes a remark. The kind precedes its first paragraph. */
function writeBox(directive: RstDirective, name: string, writing: Writing, depth: number): void {
  const label = name === 'seealso' ? 'See also' : name.charAt(0).toUpperCase() + name.slice(1)
  const [first, ...rest] = directive.children
  if (first?.nodeType === 'Paragraph') writing.outline.prose(`${label}: ${toText(first, writing.references)}`)
  else {
    writing.outline.prose(`${label}:`)
    if (first !== undefined) writing.write(first, depth + 1)
  }
  writeAll(rest, writing, depth)
}

/** Returns the text after the two colons, which may continue on the next lines. */
function argumentOf(directive: RstDirective, lines: readonly string[]): string {
  const at = directive.source.startLineIdx
  const first = /^.*?\.\.[^\S\n]+(?:\|[^|]*\| )?[\w:+.-]+::[^\S\n]*(.*)$/.exec(lines[at] ?? '')?.[1] ?? ''
  const more: string[] = []
  for (let i = at + 1; first !== '' && /^\s+[^\s:]/.test(lines[i] ?? '') && more.length < 4; i++) more.push(lines[i]!.trim())
  return [first, ...(more.length < 4 && bodyStartsAfter(lines, at + more.length + 1) ? more : [])].join(', ').trim()
}

function bodyStartsAfter(lines: readonly string[], at: number): boolean {
  return (lines[at] ?? '').trim() === '' || /^\s+:/.test(lines[at] ?? '')
}

/** The ids that Sphinx generates. */
function anchorOf(name: string, argument: string): string | undefined {
  const id = /^(?:(?:async|class|static|final|property|exception)\s+)*([^\s(=,]+)/.exec(argument)?.[1]
  if (id === undefined) return undefined
  if (/^(?:py:)?(?:function|class|method|classmethod|staticmethod|attribute|data|exception|property|decorator)$/.test(name))
    return id
  return name === 'option' ? `cmdoption-${id.replace(/^-+/, '')}` : `${name.replace(':', '-')}-${id}`
}
