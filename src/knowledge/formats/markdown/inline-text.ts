import type { Nodes, Parents } from 'mdast'
import { dropRemovedImages, REMOVED_IMAGE } from '../html/removed-images.ts'
import { checkNesting } from '../limits/nesting.ts'
import { placeholderIn } from './components/placeholders.ts'
import { expandEmoji } from './emoji.ts'
import { readInlineTree } from './tree/markdown-tree.ts'

/** A name that is no bold text. */
const DUNDER = /(?<!\w)__\w+__(?!\w)/
/** Longer text is not parsed: emphasis may take quadratic time. */
const MAX_INLINE_CHARS = 2000

/** Returns the text that a title or description in front matter shows. */
export function readInline(markdown: string): string {
  if (markdown.length > MAX_INLINE_CHARS || !/[`*_[\\&<]/.test(markdown)) return markdown
  return toText(readInlineTree(markdown, !DUNDER.test(markdown))) || markdown
}

/** Returns the displayed text of nodes, with normalized white space. */
export function toText(node: Nodes | readonly Nodes[]): string {
  const parts: string[] = []
  collectChildren([node].flat(), parts, 0)
  return dropRemovedImages(parts.join('').replace(/\s+/g, ' ')).trim()
}

function collectText(node: Nodes, parts: string[], depth: number): void {
  checkNesting(depth)
  if (node.type === 'html') parts.push(/^<img\b/i.test(node.value) ? REMOVED_IMAGE : placeholderIn(node.value))
  else if (node.type === 'text') parts.push(expandEmoji(node.value))
  else if (node.type === 'inlineCode') parts.push(node.value)
  else if (node.type === 'break') parts.push(' ')
  else if (node.type === 'image' || node.type === 'imageReference') parts.push(node.alt || REMOVED_IMAGE)
  else if ('children' in node) collectChildren((node as Parents).children, parts, depth + 1)
}

function collectChildren(children: readonly Nodes[], parts: string[], depth: number): void {
  for (const [i, child] of children.entries()) {
    // Long code in a cell is broken at its dots.
    const [before, after] = [children[i - 1], children[i + 1]]
    const isInCode = child.type === 'html' && before?.type === 'inlineCode' && after?.type === 'inlineCode'
    if (isInCode && (before.value.endsWith('.') || after.value.startsWith('.'))) continue
    const length = parts.length
    collectText(child, parts, depth)
    // An icon without text leaves no space before a punctuation mark.
    const isShown = parts.slice(length).some(part => part !== '')
    if (!isShown && after?.type === 'text' && /^[,.;:!?)]/.test(after.value)) {
      parts.length = length
      parts.push((parts.pop() ?? '').trimEnd())
    }
  }
}
