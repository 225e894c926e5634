/**
 * Inline code, which is not changed, or a reference such as `[the cup][tea.Cup]` or `[tea.Cup][]`,
 * whose text may contain code. No image, footnote or index of an array.
 */
const REFERENCE = /`[^`\n]*`|(?<![\w)\]!\\])\[((?:`[^`\n]{1,200}`|[^[\]`^]){1,300})\]\[([^[\]\n^]{0,200})\]/g

/**
 * Replaces references by their text. The target may be elsewhere: in another part of a long page,
 * or in code that mkdocstrings reads.
 */
export function expandReferences(text: string): string {
  if (!text.includes('][')) return text
  return text.replace(REFERENCE, (whole, shown?: string, target = '') => {
    const isReference = shown !== undefined && !shown.includes('\n\n') && /\p{L}/u.test(target === '' ? shown : target)
    return isReference ? shown : whole
  })
}
