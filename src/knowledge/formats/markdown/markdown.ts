import type { Nodes, Parents } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { createSlugger } from '../heading-slug.ts'
import { writeHtml } from '../html/html.ts'
import { checkNesting } from '../nesting.ts'
import { createOutline, type Outline } from '../outline.ts'
import type { CheckTime, Parse } from '../parsed-document.ts'
import { cutMarkdown } from './markdown-pieces.ts'

interface Writing {
  readonly outline: Outline
  readonly slug: (heading: string) => string | undefined
  readonly checkTime: CheckTime
}

const GFM_SYNTAX = gfm()
const GFM_TREE = gfmFromMarkdown()
const FRONT_MATTER = /^---[^\S\n]*\n((?:[\w-]+[^\S\n]*:|#)[\s\S]*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/

/**
 * Parses CommonMark with GitHub's extensions. A `title` in YAML front matter is the document's
 * title. Embedded HTML is parsed.
 */
export const parseMarkdown: Parse = (text, checkTime) => {
  const frontMatter = FRONT_MATTER.exec(text)
  const writing = { outline: createOutline(), slug: createSlugger(), checkTime }
  for (const piece of cutMarkdown(text.slice(frontMatter?.[0].length ?? 0))) {
    const tree = fromMarkdown(piece, { extensions: [GFM_SYNTAX, timeLimit(checkTime)], mdastExtensions: [GFM_TREE] })
    write(tree, writing, 0)
  }
  return writing.outline.finish(titleOf(frontMatter?.[1] ?? ''))
}

function titleOf(frontMatter: string): string | undefined {
  const title = /^title:(.*)$/m.exec(frontMatter)?.[1]?.trim()
  return title === undefined || title === '' ? undefined : title.replace(/^(["'])(.*)\1$/, '$2')
}

/**
 * A syntax extension that is tried at every position and never matches: the only way to stop the
 * tokenizer.
 */
function timeLimit(checkTime: CheckTime): typeof GFM_SYNTAX {
  const construct = {
    tokenize: (_effects: unknown, _ok: unknown, nok: (code: number | null) => undefined) => (code: number | null) => {
      checkTime()
      return nok(code)
    },
  }
  const anywhere = { null: construct } as unknown as NonNullable<typeof GFM_SYNTAX.text>
  // Constructs that begin a list or quote are tried before those that may begin anywhere.
  const containers = Object.fromEntries(Array.from('*+->0123456789', character => [character.charCodeAt(0), anywhere.null]))
  return { document: { ...anywhere, ...containers }, flow: anywhere, text: anywhere }
}

function write(node: Nodes, writing: Writing, depth: number): void {
  checkNesting(depth)
  const { outline, slug, checkTime } = writing
  switch (node.type) {
    case 'heading': {
      const heading = toText(node)
      outline.heading(node.depth, heading, slug(heading))
      break
    }
    case 'paragraph':
      outline.prose(toText(node))
      break
    case 'code':
      outline.code(node.value, node.lang ?? undefined)
      break
    case 'html':
      writeHtml(node.value, outline, checkTime)
      break
    case 'list':
      writeList(node, writing, depth, '')
      break
    case 'table':
      for (const [i, row] of node.children.entries()) outline.row(row.children.map(toText), i === 0)
      outline.endGroup()
      break
    default:
      if ('children' in node) for (const child of node.children) write(child, writing, depth + 1)
  }
}

function writeList(list: Extract<Nodes, { type: 'list' }>, writing: Writing, depth: number, indent: string): void {
  for (const [i, item] of list.children.entries()) {
    let marker = list.ordered ? `${(list.start ?? 1) + i}. ` : '- '
    for (const child of item.children) {
      checkNesting(depth)
      if (child.type === 'list') writeList(child, writing, depth + 1, `${indent}  `)
      else if (child.type === 'paragraph') writing.outline.line(indent + marker + toText(child))
      else write(child, writing, depth + 1)
      marker = ' '.repeat(marker.length)
    }
  }
  if (indent === '') writing.outline.endGroup()
}

function toText(node: Nodes): string {
  const parts: string[] = []
  collectText(node, parts, 0)
  return parts.join('').replace(/\s+/g, ' ').trim()
}

function collectText(node: Nodes, parts: string[], depth: number): void {
  checkNesting(depth)
  if (node.type === 'text' || node.type === 'inlineCode') parts.push(node.value)
  else if (node.type === 'break' || (node.type === 'html' && /^<br\b/i.test(node.value))) parts.push(' ')
  else if (node.type === 'image' || node.type === 'imageReference') parts.push(node.alt ?? '')
  else if ('children' in node) for (const child of (node as Parents).children) collectText(child, parts, depth + 1)
}
