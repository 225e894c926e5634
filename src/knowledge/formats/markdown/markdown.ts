import type { Code, List, Nodes } from 'mdast'
import { createSlugger } from '../heading-slug.ts'
import { writeHtml } from '../html/html.ts'
import { createTabLabels, type TabLabels } from '../html/tab-labels.ts'
import { writeKeywords } from '../keywords.ts'
import { checkNesting } from '../limits/nesting.ts'
import { createOutline, type Outline } from '../outline.ts'
import type { CheckTime, Parse, ParsedDocument } from '../parsed-document.ts'
import { removeMarks } from '../rst/marks.ts'
import type { writeRestructuredText } from '../rst/restructured-text.ts'
import { isMdxPage } from './components/modules.ts'
import { keepPlaceholders } from './components/placeholders.ts'
import { expandDialects } from './dialects.ts'
import { readFrontMatter } from './front-matter.ts'
import { isGlossary, isGlossaryTitle, readGlossaryItem } from './glossary.ts'
import { readInline, toText } from './inline-text.ts'
import { cutMarkdown } from './markdown-pieces.ts'
import { EVAL_RST, EVAL_RST_FENCE } from './myst/myst.ts'
import { readTree } from './tree/markdown-tree.ts'

interface Writing {
  readonly outline: Outline
  readonly slug: (heading: string) => string | undefined
  readonly checkTime: CheckTime
  readonly tabs: TabLabels
  /** Undefined if the page has no reStructuredText. */
  readonly writeRst: typeof writeRestructuredText | undefined
  /** Anchor and depth of the last heading, and the depth of the heading of an open glossary. */
  readonly position: { anchor?: string; depth?: number; glossary?: number }
}

const STRAY_END = /<\/pre>\s*$/
const HEADING_ID = /\s*\{\s*#{1,2}([\w:.-]+)[^{}]*\}$/

/**
 * Loads the parser of a page. That of reStructuredText takes 75 ms and much memory, so it is loaded
 * only for pages that have some.
 */
export async function loadMarkdownParser(page: string): Promise<Parse> {
  const rst = EVAL_RST_FENCE.test(page) ? await import('../rst/restructured-text.ts') : undefined
  return (text, checkTime, name) => parseMarkdown(text, checkTime, name, rst?.writeRestructuredText)
}

/**
 * Parses CommonMark with GitHub's extensions and those of documentation generators: MDX, boxes,
 * tabs, shortcodes and template tags. Front matter has the document's title, a description, which
 * becomes the first paragraph, keywords and an address. Embedded HTML is parsed.
 */
function parseMarkdown(text: string, checkTime: CheckTime, name: string, writeRst: Writing['writeRst']): ParsedDocument {
  const { title: written, description, keywords, length } = readFrontMatter(text)
  const title = written && readInline(written)
  const writing: Writing = {
    outline: createOutline(),
    slug: createSlugger(),
    checkTime,
    tabs: createTabLabels(),
    writeRst,
    position: {},
  }
  const body = text.slice(length)
  if (isGlossaryTitle(title ?? '')) writing.position.glossary = 0
  // Some pages repeat it.
  const summary = description && readInline(description)
  if (summary && !body.includes(description) && !body.includes(summary)) writing.outline.prose(summary)
  writeKeywords(keywords, writing.outline)
  const isMdx = isMdxPage(body, name)
  for (const piece of cutMarkdown(expandDialects(body, isMdx, checkTime))) {
    write(readTree(piece, isMdx, checkTime), writing, 0)
  }
  const parsed = writing.outline.finish(title)
  return body.includes(EVAL_RST) ? removeMarks(parsed) : parsed
}

function write(node: Nodes, writing: Writing, depth: number): void {
  checkNesting(depth)
  const { outline, checkTime, position } = writing
  switch (node.type) {
    case 'heading':
      writeHeading(node, writing)
      break
    case 'paragraph':
      outline.prose(toText(node))
      break
    case 'code':
      if (isRestOfHtml(node)) writeHtml(`<pre>${node.value}`, outline, checkTime)
      else if (node.lang === EVAL_RST) writeEvalRst(node.value, writing)
      else outline.code(node.value, languageOf(node))
      break
    case 'html':
      writeHtml(keepPlaceholders(node.value), { ...outline, heading: withAnchors(writing) }, checkTime, { tabs: writing.tabs })
      break
    case 'list':
      if (position.glossary !== undefined && isGlossary(node)) writeGlossary(node, writing, depth)
      else writeList(node, writing, depth, '')
      break
    case 'table':
      // As on GitHub, cells beyond the header are ignored.
      for (const [i, row] of node.children.entries())
        outline.row(row.children.slice(0, node.children[0]?.children.length).map(toText), i === 0)
      outline.endGroup()
      break
    default:
      if ('children' in node) for (const child of node.children) write(child, writing, depth + 1)
  }
}

/** Returns whether indented code is the end of an HTML block that has ended before. */
function isRestOfHtml({ value, data }: Code): boolean {
  return data?.isIndented === true && STRAY_END.test(value) && !value.includes('<pre')
}

function writeHeading(node: Extract<Nodes, { type: 'heading' }>, { outline, slug, position }: Writing): void {
  const heading = toText(node)
  const id = HEADING_ID.exec(heading)
  const shown = heading.slice(0, id?.index)
  position.anchor = id?.[1] ?? slug(shown)
  position.depth = node.depth
  if (position.glossary !== undefined && node.depth <= position.glossary) position.glossary = undefined
  if (isGlossaryTitle(shown)) position.glossary ??= node.depth
  outline.heading(node.depth, shown, position.anchor)
}

/** Writes reStructuredText, whose headings are below the last one. */
function writeEvalRst(text: string, { outline, slug, checkTime, writeRst, position: { depth: above = 0 } }: Writing): void {
  const heading: Outline['heading'] = (depth, ...rest) => outline.heading(above + depth, ...rest)
  writeRst?.(`${text}\n`, { ...outline, heading }, slug, checkTime)
}

/** Gives the headings of embedded HTML an anchor, as those of Markdown have. */
function withAnchors({ outline, slug }: Writing): Outline['heading'] {
  return (depth, text, anchor) => outline.heading(depth, text, anchor ?? slug(text))
}

/** Writes each term of a glossary as an entry. */
function writeGlossary(list: List, writing: Writing, depth: number): void {
  const { outline, position } = writing
  for (const [i, item] of list.children.entries()) {
    const read = readGlossaryItem(item)
    if (read === undefined) {
      writeList({ ...list, start: (list.start ?? 1) + i, children: [item] }, writing, depth, '')
      continue
    }
    outline.beginEntry(toText(read.term).replace(/:$/, ''), position.anchor, true)
    outline.prose(toText(read.meaning))
    for (const child of item.children.slice(1)) write(child, writing, depth + 1)
    outline.endEntry()
  }
}

function writeList(list: List, writing: Writing, depth: number, indent: string): void {
  for (const [i, item] of list.children.entries()) {
    let marker = list.ordered ? `${(list.start ?? 1) + i}. ` : '- '
    for (const [j, child] of item.children.entries()) {
      checkNesting(depth)
      // An image or variable that is not shown.
      if (child.type === 'paragraph' && toText(child) === '') continue
      if (child.type === 'list') writeList(child, writing, depth + 1, `${indent}  `)
      // Text after a list belongs to the item around that list.
      else if (child.type === 'paragraph' && item.children[j - 1]?.type === 'list') writing.outline.prose(toText(child))
      else if (child.type === 'paragraph') writing.outline.line(indent + marker + toText(child))
      else write(child, writing, depth + 1)
      marker = ' '.repeat(marker.length)
    }
  }
  if (indent === '') writing.outline.endGroup()
}

/** The language of a fence. Attributes may stand alone: `hl_lines="17"`. */
function languageOf({ lang }: Code): string | undefined {
  return lang == null || lang.includes('=') ? undefined : lang
}
