import type { List, ListItem, PhrasingContent } from 'mdast'

/** An item of a glossary: its term, and the rest of its first paragraph. */
export interface GlossaryItem {
  readonly term: readonly PhrasingContent[]
  readonly meaning: readonly PhrasingContent[]
}

/** Headings above the terms of a glossary, in a few languages. */
const TITLE =
  /(?<!\p{L})(?:glossar(?:y|ies)|terminology|terms|definitions|abbreviations|acronyms|glossare?|begriffe|abkürzungen|glossaire|glosario|glossario)(?!\p{L})/iu
/** A longer heading is about something else. */
const MAX_TITLE_CHARS = 60
const SEPARATOR = /^\s*(?:[:–—]|-(?=\s))\s*/

/** Returns whether a heading is the title of a glossary. */
export function isGlossaryTitle(heading: string): boolean {
  return heading.length <= MAX_TITLE_CHARS && TITLE.test(heading)
}

/** Returns whether most items of a list explain a term. */
export function isGlossary({ children }: List): boolean {
  return children.length > 1 && 2 * children.filter(item => readGlossaryItem(item) !== undefined).length > children.length
}

/**
 * Reads an item such as `**Term** - meaning` or `**Term:** meaning`; undefined for others.
 */
export function readGlossaryItem({ children: [paragraph] }: ListItem): GlossaryItem | undefined {
  const [term, first, ...rest] = paragraph?.type === 'paragraph' ? paragraph.children : []
  if (term?.type !== 'strong' || first?.type !== 'text') return undefined
  const last = term.children.at(-1)
  const hasColon = last?.type === 'text' && last.value.trimEnd().endsWith(':')
  if (!hasColon && !SEPARATOR.test(first.value)) return undefined
  const value = hasColon ? first.value : first.value.replace(SEPARATOR, '')
  return { term: term.children, meaning: [{ type: 'text', value }, ...rest] }
}
