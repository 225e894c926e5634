import type { Block } from './parsed-document.ts'

/** A section while its document is being read. */
export interface SectionDraft {
  readonly path: readonly { readonly text: string }[]
  /** `entry` describes a term, and `rest` continues the section around entries. */
  readonly kind: 'section' | 'entry' | 'rest'
  readonly blocks: readonly Block[]
  /** Names of pages that the section lists. */
  readonly pages: readonly string[]
}

/** Drafts that are looked through for the parts of a section, and names that are kept. */
const MAX_PARTS = 100
const TERM = /^- \*\*(.+?)\*\*(?::|$)/gm

/**
 * The names of a section's parts in their order: the pages below it, its subsections, and its
 * entries, of which short ones are definitions. Empty if it has fewer than two.
 */
export function partsOf(drafts: readonly SectionDraft[], at: number): readonly string[] {
  const { path, pages, blocks } = drafts[at]!
  const names = [...pages]
  let hasEntries = false
  for (const draft of drafts.slice(at + 1, at + 1 + MAX_PARTS)) {
    if (draft.kind !== 'rest' && draft.path.length <= path.length) break
    if (draft.path.length === path.length) names.push(...termsOf(draft.blocks))
    else if (draft.path.length === path.length + 1 && draft.kind !== 'rest') {
      if (draft.kind === 'entry' && !hasEntries) names.push(...termsOf(blocks))
      hasEntries ||= draft.kind === 'entry'
      names.push(draft.path.at(-1)!.text)
    }
  }
  const distinct = [...new Set(names)].slice(0, MAX_PARTS)
  return distinct.length < 2 ? [] : distinct
}

function termsOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ kind, text }) =>
    kind === 'definition' ? Array.from(text.matchAll(TERM), ([, term = '']) => term) : [],
  )
}
