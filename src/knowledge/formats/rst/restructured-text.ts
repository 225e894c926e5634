import {
  RstBulletListItem,
  type RstCitationDef,
  RstDefinitionListItem,
  type RstDirective,
  RstFieldListItem,
  type RstNode,
  type RstNodeParser,
  RstOptionListItem,
  type RstSection,
  RstSubstitutionDef,
  type RstTable,
  type RstTableCell,
  type RstTableRow,
  RstToHtmlCompiler,
} from 'rst-compiler'
import { createSlugger } from '../heading-slug.ts'
import { writeKeywords } from '../keywords.ts'
import { checkNesting } from '../limits/nesting.ts'
import { createOutline, type Outline } from '../outline.ts'
import type { CheckTime, Parse } from '../parsed-document.ts'
import { nameCode } from './code-bodies.ts'
import { PARSED_DIRECTIVES } from './directive-kinds.ts'
import { type Writing, writeDirective } from './directives.ts'
import { findFootnotes } from './footnotes.ts'
import { alignGlossaries } from './glossary.ts'
import { alignLines, alignOptions, blockIndent } from './indentation.ts'
import { joinText, optionNames, type References, toText } from './inline-text.ts'
import { readLabels } from './labels.ts'
import { addMarks, MARK, removeMarks } from './marks.ts'
import { readTitles } from './reference-titles.ts'
import { checkSize } from './size-limits.ts'

/** Facts about a page for Sphinx. */
const PAGE_FIELDS = /^(?:orphan|tocdepth|nocomments|nosearch|template|layout|no-toc)$/
const KEYWORD_FIELDS = /^(?:keywords|tags)$/i

/** Parses reStructuredText, including Sphinx's roles and directives, as Sphinx displays it. */
export const parseRestructuredText: Parse = (text, checkTime) => {
  const outline = createOutline()
  writeRestructuredText(text, outline, createSlugger(), checkTime)
  return removeMarks(outline.finish())
}

/** Writes a text to an outline, from whose finished document `removeMarks` removes marks. */
export function writeRestructuredText(text: string, outline: Outline, slug: Writing['slug'], checkTime: CheckTime): void {
  const compiler = createCompiler(checkTime)
  // `|name|_` is a substitution with a link.
  const unlinked = text.replace(/(?<=\s\|[\w.-]{1,80}\|)__?(?!\w)/g, '')
  const aligned = alignGlossaries(alignLines(alignOptions(addMarks(nameCode(unlinked)))))
  checkSize(aligned)
  const { root } = compiler.parse(aligned, { disableWarnings: true, disableErrors: true, ...PARSED_DIRECTIVES })
  const references = { labels: readLabels(text), titles: readTitles(text), substitutions: readSubstitutions(root) }
  const writing: Writing = {
    outline,
    references,
    footnotes: findFootnotes(root),
    slug,
    lines: aligned.split('\n'),
    write: (node, depth) => write(node, writing, depth),
  }
  // The parser does not return the fields before the title.
  writeKeywords(keywordsBefore(text), writing.outline)
  writeSections(root, writing)
}

/** Creates a parser without the links between directives, which reject two of the same name. */
function createCompiler(checkTime: CheckTime): RstToHtmlCompiler {
  const compiler = new RstToHtmlCompiler()
  compiler.useNodeParser(beforeBlock(checkTime))
  const { plugins } = compiler
  plugins.splice(0, plugins.length, ...plugins.map(plugin => ({ ...plugin, onParse: () => undefined })))
  return compiler
}

/** Returns the keywords in the fields at the beginning of a document. */
function keywordsBefore(text: string): string[] {
  const fields = /^\s*((?::[\w -]+:[^\n]*\n)+)/.exec(text)?.[1] ?? ''
  const found = Array.from(fields.matchAll(/^:(?:keywords|tags):([^\n]*)/gim), ([, list = '']) => list.split(','))
  return found.flat()
}

function readSubstitutions(root: RstNode): Map<string, string> {
  const none = { labels: new Map(), titles: new Map(), substitutions: new Map() }
  const definitions = root.children.filter(node => node instanceof RstSubstitutionDef)
  return new Map(definitions.map(node => [node.needle, joinText(node.children, none)]))
}

/**
 * A node parser that runs before the others and never matches: it makes parsing interruptible, and
 * lets each definition and quote have an indentation of its own.
 */
function beforeBlock(checkTime: CheckTime): RstNodeParser {
  return {
    parse(state, indent) {
      checkTime()
      const inputIndentSize = blockIndent(state.peek()?.str ?? '', state.peek(1)?.str ?? '', indent)
      Object.assign(state.opts, { inputIndentSize })
      return null
    },
  }
}

/** Writes a document, each section with its footnotes. */
function writeSections({ children }: RstNode, writing: Writing): void {
  const { footnotes } = writing
  for (const [i, node] of children.entries()) {
    write(node, writing, 1)
    footnotes.readReferences(node)
    if (i < children.length - 1 && children[i + 1]!.nodeType !== 'Section') continue
    for (const footnote of footnotes.endSection()) for (const child of footnote.children) write(child, writing, 1)
  }
}

function write(node: RstNode, writing: Writing, depth: number): void {
  checkNesting(depth)
  const { outline, slug, references } = writing
  switch (node.nodeType) {
    case 'Section': {
      const heading = toText(node, references)
      outline.heading((node as RstSection).level, heading, slug(heading))
      break
    }
    case 'Paragraph':
      outline.prose(toText(node, references))
      break
    case 'LiteralBlock':
      outline.code(node.textContent)
      break
    case 'DoctestBlock':
      outline.code(node.textContent, 'pycon')
      break
    case 'Table':
      for (const row of node.children)
        outline.row(
          (row as RstTableRow).children.map(cell => ({
            text: toText(cell, references),
            rows: (cell as RstTableCell).rowSpan,
            columns: (cell as RstTableCell).colSpan,
          })),
          (node as RstTable).headRows.includes(row),
        )
      outline.endGroup()
      break
    case 'LineBlock':
      outline.prose(node.children.map(line => toText(line, references)).join('\n'))
      break
    case 'FieldList':
      for (const item of node.children) writeKeywordsOf(item, writing)
      writeList(node, writing, depth, '')
      outline.endGroup()
      break
    case 'BulletList':
    case 'EnumeratedList':
      writeList(node, writing, depth, '')
      outline.endGroup()
      break
    case 'DefinitionList':
    case 'OptionList':
      for (const item of node.children) writeEntry(item, writing, depth)
      break
    case 'Directive':
      writeDirective(node as RstDirective, writing, depth)
      break
    case 'FootnoteDef':
      if (!writing.footnotes.isReferred(node)) for (const child of node.children) write(child, writing, depth + 1)
      break
    case 'CitationDef':
      outline.prose(`[${(node as RstCitationDef).label}] ${joinText(node.children, references)}`)
      break
    case 'Comment':
    case 'HyperlinkTarget':
    case 'SubstitutionDef':
      break
    default:
      for (const child of node.children) write(child, writing, depth + 1)
  }
}

function writeList(list: RstNode, writing: Writing, depth: number, indent: string): void {
  checkNesting(depth)
  const start = startOf(list)
  for (const [i, item] of list.children.entries()) {
    const [label, body] = partsOf(item, start === undefined ? '- ' : `${start + i}. `, writing.references)
    const rest = ' '.repeat(/^(?:-|\d+\.) /.exec(label)?.[0].length ?? 2)
    let begun = label === ''
    // A list that is indented further than the text of its item is a quote.
    const nodes = body.flatMap(node => (node.nodeType === 'Blockquote' ? node.children : node))
    for (const child of nodes.filter(node => node.nodeType !== 'Paragraph' || node.textContent !== MARK)) {
      if (child.nodeType === 'Paragraph') {
        writing.outline.line(indent + (begun ? rest : label) + toText(child, writing.references))
      } else {
        if (!begun && /\w/.test(label)) writing.outline.line(indent + label.trimEnd())
        if (child.nodeType === 'BulletList' || child.nodeType === 'EnumeratedList')
          writeList(child, writing, depth + 1, `${indent}  `)
        else writing.write(child, depth + 1)
      }
      begun = true
    }
    if (!begun) writing.outline.line(indent + label.trimEnd())
  }
}

/** Writes the keywords of a page, which a field at its beginning lists. */
function writeKeywordsOf(item: RstNode, { outline, references }: Writing): void {
  if (item instanceof RstFieldListItem && KEYWORD_FIELDS.test(joinText(item.name, references)))
    writeKeywords(joinText(item.body, references).split(','), outline)
}

/** Returns the first number of a numbered list: 1 for letters and Roman numerals. */
function startOf(list: RstNode): number | undefined {
  if (list.nodeType !== 'EnumeratedList') return undefined
  const [first] = list.children
  return first instanceof RstBulletListItem ? Number(/^\(?(\d{1,9})/.exec(first.bullet)?.[1] ?? 1) : 1
}

/** Returns the label of a list item and the nodes that follow it. */
function partsOf(item: RstNode, marker: string, references: References): readonly [label: string, body: readonly RstNode[]] {
  if (!(item instanceof RstFieldListItem)) return [marker, item.children]
  const name = joinText(item.name, references)
  if (PAGE_FIELDS.test(name) || KEYWORD_FIELDS.test(name)) return ['', []]
  // The type of a parameter precedes its name.
  const shown = name.replace(/^(?:param(?:eter)?|arg(?:ument)?|key(?:word)?)\s+(?:.*\s)?(\S+)$/, '$1')
  return [`- ${shown}: `, item.body]
}

function writeEntry(item: RstNode, writing: Writing, depth: number): void {
  const [term, body] = termOf(item, writing.references)
  writing.outline.beginEntry(term)
  for (const child of body) writing.write(child, depth + 1)
  writing.outline.endEntry()
}

function termOf(item: RstNode, references: References): readonly [term: string, body: readonly RstNode[]] {
  if (item instanceof RstDefinitionListItem) return [joinText(item.term, references), item.definition]
  if (!(item instanceof RstOptionListItem)) return ['', item.children]
  return [optionNames(item), item.children]
}
