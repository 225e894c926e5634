import type { Token } from 'markdown-it'
import type { Code, Nodes, Parents, Root } from 'mdast'
import type { CheckTime } from '../../parsed-document.ts'
import { parseInline, parsePage, unescapeText } from './markdown-parser.ts'

declare module 'mdast' {
  interface CodeData {
    /** Whether it is code by its indentation, without a fence. */
    isIndented?: boolean
  }
}

/** The box at the beginning of a task in a list. */
const TASK_BOX = /^\[[\sxX]\]\s/

/** Parses CommonMark with GitHub's extensions. MDX has no indented code. */
export function readTree(text: string, isMdx: boolean, checkTime: CheckTime): Root {
  return toTree(parsePage(text, isMdx, checkTime))
}

/** Parses text without blocks and HTML. */
export function readInlineTree(text: string, hasEmphasis: boolean): Root {
  return toTree(parseInline(text, hasEmphasis))
}

function toTree(tokens: readonly Token[]): Root {
  const root: Root = { type: 'root', children: [] }
  addTokens(tokens, [root])
  return root
}

/** Adds tokens to the last of the open nodes. */
function addTokens(tokens: readonly Token[], open: Parents[]): void {
  for (const token of tokens) {
    const parent = open.at(-1)!
    const node = nodeOf(token)
    if (node !== undefined) (parent.children as Nodes[]).push(node)
    if (token.nesting === 1) open.push(node === undefined ? parent : (node as Parents))
    else if (token.nesting === -1) open.pop()
    else if (token.type === 'text') addText(token.content, parent)
    else if (token.type === 'softbreak') addText('\n', parent)
    else if (token.type === 'inline') {
      addTokens(token.children ?? [], open)
      if (TASK_BOX.test(token.content)) dropTaskBox(parent, open.at(-2))
    }
  }
}

/** Marks of emphasis leave empty texts. */
function addText(value: string, { children }: Parents): void {
  const last = children.at(-1)
  if (last?.type === 'text') last.value += value
  else if (value !== '') (children as Nodes[]).push({ type: 'text', value })
}

function dropTaskBox(paragraph: Parents, item: Parents | undefined): void {
  const first = paragraph.children[0]
  if (first?.type === 'text' && item?.type === 'listItem' && item.children[0] === paragraph)
    first.value = first.value.replace(TASK_BOX, '')
}

/** Returns the node that a token begins; undefined for other tokens, and for parts of a table. */
function nodeOf(token: Token): Nodes | undefined {
  switch (token.type) {
    case 'paragraph_open':
      return { type: 'paragraph', children: [] }
    case 'heading_open':
      return { type: 'heading', depth: Number(token.tag.slice(1)) as 1, children: [] }
    case 'bullet_list_open':
      return { type: 'list', ordered: false, children: [] }
    case 'ordered_list_open':
      return { type: 'list', ordered: true, start: Number(token.attrGet('start') ?? 1), children: [] }
    case 'list_item_open':
      return { type: 'listItem', children: [] }
    case 'blockquote_open':
      return { type: 'blockquote', children: [] }
    case 'footnote_reference_open':
      return { type: 'footnoteDefinition', identifier: '', children: [] }
    case 'fence':
    case 'code_block':
      return toCode(token)
    case 'html_block':
    case 'html_inline':
      return { type: 'html', value: withoutLineEnd(token.content) }
    case 'table_open':
      return { type: 'table', children: [] }
    case 'tr_open':
      return { type: 'tableRow', children: [] }
    case 'th_open':
    case 'td_open':
      return { type: 'tableCell', children: [] }
    case 'hardbreak':
      return { type: 'break' }
    case 'code_inline':
      return { type: 'inlineCode', value: token.content }
    case 'em_open':
      return { type: 'emphasis', children: [] }
    case 'strong_open':
      return { type: 'strong', children: [] }
    case 's_open':
      return { type: 'delete', children: [] }
    case 'link_open':
      return { type: 'link', url: '', children: [] }
    case 'image':
      return { type: 'image', url: '', alt: altOf(token) }
    case 'footnote_ref':
      return { type: 'footnoteReference', identifier: '' }
  }
}

function toCode({ type, info, content }: Token): Code {
  const lang = /\S+/.exec(unescapeText(info))?.[0]
  return { type: 'code', value: withoutLineEnd(content), data: { isIndented: type === 'code_block' }, ...(lang && { lang }) }
}

function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

function altOf({ children }: Token): string {
  const parts = (children ?? []).map(child => {
    if (child.type === 'image') return altOf(child)
    return child.type.endsWith('break') ? ' ' : child.content
  })
  return parts.join('')
}
