import type { Outline } from './outline.ts'

/** Writes the keywords of a page as a paragraph, which search reads and replies never quote. */
export function writeKeywords(keywords: readonly string[], outline: Outline): void {
  const shown = keywords.map(keyword => keyword.replace(/\s+/g, ' ').trim()).filter(keyword => keyword !== '')
  if (shown.length > 0) outline.prose(`Keywords: ${shown.join(', ')}`)
}
