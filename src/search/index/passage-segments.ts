import { FIELD_WEIGHTS } from '../ranking/word-score.ts'
import type { IndexedPassage } from '../search-engine.ts'
import { analyse } from '../text/analysis.ts'

/** A stretch of a passage that is one statement: a title, a heading, a sentence or a line. */
export interface PassageUnit {
  readonly kind: UnitKind
  readonly terms: readonly string[]
}

/** What a unit is. An `id` stands in for the title of a document that has none. */
export type UnitKind = (typeof UNIT_KINDS)[number]

/** The order is part of the index file's format. */
export const UNIT_KINDS = ['text', 'id', 'title', 'title-question', 'heading', 'heading-question'] as const

/** How often the words of a unit count in the passage's bag of words. */
export const UNIT_WEIGHTS: Readonly<Record<UnitKind, number>> = {
  text: FIELD_WEIGHTS.text,
  id: FIELD_WEIGHTS.title,
  title: FIELD_WEIGHTS.title,
  'title-question': FIELD_WEIGHTS.title,
  heading: FIELD_WEIGHTS.headings,
  'heading-question': FIELD_WEIGHTS.headings,
}

const QUESTION_MARK = /[?？؟]\s*$/
/** A title that begins like an English question, at its start or after a prefix such as "FAQ: ". */
const QUESTION_WORD =
  /(?:^|[:–-] )(?:how|what|why|when|where|who|which|can|could|do|does|did|is|are|am|should|will|would|has|have)\b/i

/** Between two words: the end of a line, or of a sentence. */
const UNIT_END = /\n|[.!?؟]["'”’)\]]*\s|[。！？।]/

/** A passage's units, in the order of its text, title and headings first; units without a word are left out. */
export function readUnits(documentId: string, title: string, { headings, text }: IndexedPassage): PassageUnit[] {
  const label = (field: string, kind: 'title' | 'heading'): PassageUnit => ({
    kind: asks(field) ? `${kind}-question` : kind,
    terms: analyse(field).map(({ term }) => term),
  })
  const own: PassageUnit = title === documentId ? { ...label(title, 'title'), kind: 'id' } : label(title, 'title')
  return [own, ...headings.map(heading => label(heading, 'heading')), ...textUnits(text)].filter(({ terms }) => terms.length > 0)
}

function asks(label: string): boolean {
  return QUESTION_MARK.test(label) || QUESTION_WORD.test(label)
}

function textUnits(text: string): PassageUnit[] {
  const units: PassageUnit[] = []
  let terms: string[] = []
  let previousEnd = 0
  for (const { term, start, end } of analyse(text)) {
    // Most words are followed by a single space.
    const isSpaced = start === previousEnd + 1 && text[previousEnd] === ' '
    if (start > previousEnd && !isSpaced && UNIT_END.test(text.slice(previousEnd, start))) {
      units.push({ kind: 'text', terms })
      terms = []
    }
    terms.push(term)
    previousEnd = end
  }
  units.push({ kind: 'text', terms })
  return units
}
