import { RstDirective, type RstNode } from 'rst-compiler'
import { writeKeywords } from '../keywords.ts'
import type { Outline } from '../outline.ts'
import { versionLabel } from '../version-notes.ts'
import { type DirectiveKind, kindOf } from './directive-kinds.ts'
import { bodyOf, codeOf, factsOf, optionOf } from './directive-parts.ts'
import type { Footnotes } from './footnotes.ts'
import { writeGlossary } from './glossary.ts'
import { joinText, type References, toText, withoutMarkup } from './inline-text.ts'
import { writeCsvTable, writeListTable } from './tables.ts'
import { tocEntries } from './toctree.ts'

/** How directives are written. */
export interface Writing {
  readonly outline: Outline
  readonly references: References
  readonly footnotes: Footnotes
  readonly slug: (heading: string) => string | undefined
  /** The lines of the document. */
  readonly lines: readonly string[]
  write(node: RstNode, depth: number): void
}

const REMARK = /^(?:note|tip|hint|important|warning|caution|danger|attention|error|seealso|availability|impl-detail)$/
/** Labels of remarks that differ from their names. */
const REMARKS: Readonly<Record<string, string>> = { seealso: 'See also', 'impl-detail': 'CPython implementation detail' }
/** Content of `only` that is in other formats than HTML. */
const NOT_HTML = /^(?:latex|man|texinfo|text|epub|pdf|gettext|xml)(?:\s+or\s+(?:latex|man|texinfo|text|epub|pdf|gettext|xml))*$/
/** Directives of extensions that list keywords of the page. */
const KEYWORDS = /^(?:tags|keywords)$/
/** The title above the footnotes of a page, which are displayed elsewhere. */
const FOOTNOTES = /^footnotes:?$/i
/** Directives of code whose argument is its language. */
const WITH_LANGUAGE = /^(?:code|code-block|code-cell|code-tab|sourcecode|prompt)$/
const MAX_SIGNATURE_CHARS = 200

/** Writes a directive as Sphinx displays it. */
export function writeDirective(directive: RstDirective, writing: Writing, depth: number): void {
  const name = directive.directive.replace(/^std:/, '')
  if (name === 'meta') writeKeywords(optionOf(directive, 'keywords').split(','), writing.outline)
  if (name === 'toctree') writePages(directive, writing)
  const kind = kindOf(name)
  const argument = argumentOf(directive, writing.lines)
  if (kind === 'unread' || (name === 'only' && NOT_HTML.test(argument))) return
  const version = versionLabel(name)
  if (kind === 'code') writeCode(directive, name, argument, writing)
  else if (REMARK.test(name)) writeBox(directive, name, writing, depth)
  else if (version !== undefined) writeVersion(directive, version, writing, depth)
  else if (name === 'csv-table') writeCsvTable(directive, titleOf(directive, writing), writing)
  else if (name === 'glossary') writeGlossary(directive, writing, depth)
  else if (KEYWORDS.test(name)) writeKeywords(argument.split(','), writing.outline)
  else if (name === 'list-table') writeListTable(directive, titleOf(directive, writing), writing)
  else if (kind === 'titled' || kind === 'bare') writeContent(directive, kind, writing, depth)
  else writeEntry(directive, kind, argument, writing, depth)
}

/** Adds the titles of the pages that a `toctree` lists, as far as they are known. */
function writePages(directive: RstDirective, { outline, references: { titles }, lines }: Writing): void {
  const entries = tocEntries(lines, directive.source.startLineIdx)
  outline.pages(entries.flatMap(({ path, title = titles.get(`doc ${path}`) }) => title ?? []))
}

/** Writes the content of a directive below its title. */
function writeContent(directive: RstDirective, kind: 'titled' | 'bare', writing: Writing, depth: number): void {
  const { outline } = writing
  const title = kind === 'titled' ? titleOf(directive, writing) : ''
  if (title !== '' && !FOOTNOTES.test(title)) outline.prose(`${title.replace(/:$/, '')}:`)
  outline.prose(optionOf(directive, 'alt'))
  outline.code(directive.rawBodyText)
  writeAll(directive.directive.startsWith('doctest-') ? bodyOf(directive) : directive.children, writing, depth)
}

/** Returns whether Sphinx generates all of a directive's content from code. */
function isGenerated(node: RstNode): boolean {
  return node instanceof RstDirective && isGeneratedBy(node.directive) && bodyOf(node).every(isGenerated)
}

function isGeneratedBy(name: string): boolean {
  return /^auto[a-z]/.test(name)
}

function titleOf(directive: RstDirective, { references }: Writing): string {
  return joinText(directive.initContent, references)
}

/** Writes what a directive describes as an entry. */
function writeEntry(directive: RstDirective, kind: DirectiveKind, argument: string, writing: Writing, depth: number): void {
  const { outline } = writing
  const body = bodyOf(directive)
  const facts = argument === '' ? [] : factsOf(directive, writing.references)
  const isEmpty = facts.length === 0 && body.every(isGenerated)
  if (isEmpty && kind === 'unknown' && isIndexEntry(argument)) return
  if (isEmpty || argument === '' || argument.length > MAX_SIGNATURE_CHARS) {
    outline.prose(optionOf(directive, 'alt'))
    writeAll(directive.children, writing, depth)
    return
  }
  const name = directive.directive.replace(/^std:/, '')
  outline.beginEntry(argument.replace(/\\/g, ''), isGeneratedBy(name) ? undefined : anchorOf(name, argument), true)
  for (const fact of facts) outline.line(`- ${fact}`)
  outline.endGroup()
  writeAll(body, writing, depth)
  outline.endEntry()
}

/**
 * Returns whether a directive without content only marks a place, such as `.. setting:: NAME`
 * before a heading. Extensions of Sphinx define such directives. A sentence is a remark.
 */
function isIndexEntry(argument: string): boolean {
  return argument !== '' && !/[.:!?]$/.test(argument)
}

function writeCode(directive: RstDirective, name: string, argument: string, writing: Writing): void {
  const { outline, lines, references } = writing
  const code = codeOf(directive, lines)
  const [language = '', ...words] = WITH_LANGUAGE.test(name) ? argument.split(' ') : []
  const caption = name === 'code-tab' ? words.join(' ') || language : optionOf(directive, 'caption')
  if (caption !== '') outline.prose(`${caption.replace(/:$/, '')}:`)
  outline.code(name === 'parsed-literal' ? withoutMarkup(code, references) : code, language)
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
  const label = REMARKS[name] ?? name.charAt(0).toUpperCase() + name.slice(1)
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
  const first = /^.*?\.\.[^\S\n]+(?:\|[^|]*\| )?[\w:+.-]+ ?::[^\S\n]*(.*)$/.exec(lines[at] ?? '')?.[1] ?? ''
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
