import { analyse, type Token } from '../../text/analysis.ts'
import { checksumOf } from '../../text/checksum.ts'
import { definitionTerm } from '../../text/definitions.ts'
import { type ContentWords, markContentWords } from '../../text/passages/label-words.ts'
import { type SegmentTable, tabulateSegments, wordRanges } from '../../text/passages/segment-table.ts'
import type { IndexedPassage } from '../search-engine.ts'
import { FIELD_WEIGHTS } from '../word-score.ts'

/**
 * A part of a passage that makes one statement: a title, a heading, a segment of the text, or what
 * is between two segments.
 */
export interface PassageSegment {
  readonly kind: SegmentKind
  readonly terms: readonly string[]
}

/** A passage as it is indexed. */
export interface ReadPassage {
  /** The words by segment. */
  readonly segments: readonly PassageSegment[]
  /** The segments of the text. */
  readonly table: SegmentTable
  /** The words of the title and headings that say what these name. */
  readonly contentWords: ContentWords
  /** Of the text that `table` has offsets of. */
  readonly checksum: number
}

/**
 * The kind of a segment. `id` replaces the title of a document that has none; `defined` is no text,
 * but the last segment, with the terms of what the text defines.
 */
export type SegmentKind = (typeof SEGMENT_KINDS)[number]

/** The order is part of the index file's format. */
export const SEGMENT_KINDS = ['text', 'id', 'title', 'title-question', 'heading', 'heading-question', 'defined'] as const

/** How often a segment's words count in the passage's bag of words. */
export const SEGMENT_WEIGHTS: Readonly<Record<SegmentKind, number>> = {
  text: FIELD_WEIGHTS.text,
  id: FIELD_WEIGHTS.title,
  title: FIELD_WEIGHTS.title,
  'title-question': FIELD_WEIGHTS.title,
  heading: FIELD_WEIGHTS.headings,
  'heading-question': FIELD_WEIGHTS.headings,
  defined: FIELD_WEIGHTS.text,
}

const QUESTION_MARK = /[?？؟]\s*$/
/** An English question, at the start of a title or after a prefix such as "FAQ: ". */
const QUESTION_WORD =
  /(?:^|[:–-] )(?:how|what|why|when|where|who|which|can|could|do|does|did|is|are|am|should|will|would|has|have)\b/i

/**
 * Reads a passage for the index. Its segments are the title and headings first, then the text in
 * order. Segments without words are skipped.
 */
export function readPassage(documentId: string, title: string, { headings, text }: IndexedPassage): ReadPassage {
  const labelWords: Token[] = []
  const label = (field: string, kind: 'title' | 'heading'): PassageSegment => {
    const own = analyse(field)
    labelWords.push(...own)
    return { kind: isQuestion(field) ? `${kind}-question` : kind, terms: own.map(({ term }) => term) }
  }
  const own: PassageSegment = title === documentId ? { ...label(title, 'title'), kind: 'id' } : label(title, 'title')
  const words = analyse(text)
  const { table, subjects } = tabulateSegments(text, words)
  const segments = [
    own,
    ...headings.map(heading => label(heading, 'heading')),
    ...textSegments(table, words),
    { kind: 'defined' as const, terms: subjects.map(definitionTerm) },
  ]
  return {
    segments: segments.filter(({ terms }) => terms.length > 0),
    table,
    contentWords: markContentWords(labelWords),
    checksum: checksumOf(text),
  }
}

function isQuestion(label: string): boolean {
  return QUESTION_MARK.test(label) || QUESTION_WORD.test(label)
}

function textSegments(table: SegmentTable, words: readonly Token[]): PassageSegment[] {
  const segments: PassageSegment[] = []
  const add = (from: number, to: number) => {
    if (from < to) segments.push({ kind: 'text', terms: words.slice(from, to).map(({ term }) => term) })
  }
  let [start, end] = [0, 0]
  for (const { firstWord, endWord, isContinued } of wordRanges(table)) {
    if (!isContinued) {
      add(start, end)
      add(end, firstWord)
      start = firstWord
    }
    end = endWord
  }
  add(start, end)
  add(end, words.length)
  return segments
}
