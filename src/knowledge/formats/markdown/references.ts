import { replaceOutsideCode } from './code/code-spans.ts'

/**
 * A reference such as `[the cup][tea.Cup]` or `[tea.Cup][]`, whose text may contain code. No image,
 * footnote or index of an array.
 */
const REFERENCE = /(?<![\w)\]!\\])\[((?:`[^`\n]{1,200}`|[^[\]`^]){1,300})\]\[([^[\]\n^]{0,200})\]/g

/**
 * Replaces references by their text. The target may be elsewhere: in another part of a long page,
 * or in code that mkdocstrings reads.
 */
export function expandReferences(text: string): string {
  if (!text.includes('][')) return text
  return replaceOutsideCode(text, REFERENCE, ([whole, shown = '', target = '']) => {
    const isReference = !shown.includes('\n\n') && /\p{L}/u.test(target === '' ? shown : target)
    return isReference ? shown : whole
  })
}
