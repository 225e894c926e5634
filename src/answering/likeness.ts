import type { Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import { countSegments, endWordAt, firstWordAt, type SegmentTable } from '../text/passages/segment-table.ts'
import { contentWords, type Question } from './question/question.ts'

/** The terms of a question with their weights. Each term is a bit of a mask. */
export interface WeightedTerms {
  readonly bits: ReadonlyMap<string, number>
  /** By bit, lowest first. */
  readonly weights: readonly number[]
  /** The bit of the word that a synonym replaces, by the synonym's bit; 0 for other terms. */
  readonly replaced: readonly number[]
  readonly total: number
}

/** Bits of a mask that are positive integers in JavaScript. */
const MAX_TERMS = 30
/** Share of its weight that a stop word keeps, and the word that replaces a misspelt one. */
const STOP_WORD_SHARE = 0.2
const CORRECTED_SHARE = 0.8
/** Share of a word's weight that its synonyms have in its absence. */
const SYNONYM_SHARE = 0.5

/**
 * Weights the terms of a question by inverse document frequency, so a product's name that occurs
 * almost everywhere weighs little. Terms that no document contains are left out. Of more than 30
 * terms, those with the highest weights are used.
 */
export function weighTerms(
  question: Pick<Question, 'synonyms'>,
  { terms, contextTerms, corrections }: Pick<Retrieved, 'terms' | 'contextTerms' | 'corrections'>,
): WeightedTerms {
  const found = new Map<string, number>()
  const add = (term: string, weight: number) => {
    if (weight > (found.get(term) ?? 0)) found.set(term, weight)
  }
  const greatest = Math.max(1, ...terms.map(({ idf }) => idf))
  for (const { term, documentFrequency, idf, weight } of terms)
    if (documentFrequency > 0) add(term, idf * (weight < 1 ? STOP_WORD_SHARE : 1))
  for (const { suggestion } of corrections) for (const { term } of contentWords(suggestion)) add(term, greatest * CORRECTED_SHARE)
  const own = sum([...found.values()])
  const earlier = withoutSynonyms(contextTerms, question).filter(
    ({ term, documentFrequency }) => documentFrequency > 0 && !found.has(term),
  )
  // Together, earlier words weigh at most as much as those of the message.
  const share = Math.min(1, own / sum(earlier.map(({ idf, weight }) => idf * weight)))
  for (const { term, idf, weight } of earlier) add(term, share * idf * weight)
  const kept = [...found].sort((a, b) => b[1] - a[1])
  return toWeightedTerms(kept, question.synonyms)
}

/** The words of earlier turns. The search was also given the question's synonyms as context. */
export function withoutSynonyms(
  contextTerms: Retrieved['contextTerms'],
  { synonyms }: Pick<Question, 'synonyms'>,
): Retrieved['contextTerms'] {
  const terms = new Set(synonyms.map(({ term }) => term))
  return contextTerms.filter(({ term }) => !terms.has(term))
}

/**
 * Gives the first 30 terms a bit each, and then the synonyms of each term one of their own, as far
 * as there are bits left. Two words written as one have the bits of both.
 */
export function toWeightedTerms(
  terms: readonly (readonly [term: string, weight: number])[],
  synonyms: Question['synonyms'],
): WeightedTerms {
  const kept = terms.slice(0, MAX_TERMS)
  const bits = new Map(kept.map(([term], i) => [term, 1 << i]))
  const words = new Map<number, number>()
  for (const { term, of, and } of synonyms) {
    const word = of === undefined ? undefined : bits.get(of)
    if (word === undefined || bits.has(term)) continue
    if (and !== undefined) {
      bits.set(term, word | (bits.get(and) ?? 0))
      continue
    }
    const bit = words.get(word) ?? 1 << (kept.length + words.size)
    if (!words.has(word) && kept.length + words.size === MAX_TERMS) continue
    words.set(word, bit)
    bits.set(term, bit)
  }
  const weights = kept.map(([, weight]) => weight)
  const replaced = [...words.keys()]
  return {
    bits,
    weights: [...weights, ...replaced.map(bit => SYNONYM_SHARE * weights[indexOf(bit)]!)],
    replaced: [...kept.map(() => 0), ...replaced],
    total: sum(weights),
  }
}

/** The same terms, but some of them, and their synonyms, without weight. */
export function withoutTerms(weighted: WeightedTerms, terms: readonly string[]): WeightedTerms {
  const { bits, weights, replaced } = weighted
  const left = terms.reduce((all, term) => all | (bits.get(term) ?? 0), 0)
  const kept = weights.map((weight, i) => (((1 << i) | replaced[i]!) & left ? 0 : weight))
  return { ...weighted, weights: kept, total: sum(kept.filter((_, i) => replaced[i] === 0)) }
}

/** The terms of a question in the parts of a passage, as masks. */
export interface TermMasks {
  /** The title and the headings. */
  readonly path: number
  /** By segment. */
  readonly segments: readonly number[]
}

/**
 * Collects the masks of a passage from the matches of the search.
 * @param bits The mask of each matched term.
 * @param withGaps Whether a word between two segments, such as a table's header, counts for the
 * second one.
 */
export function masksOf(
  { analysis, matches: { places, terms } }: Pick<RetrievedPassage, 'analysis' | 'matches'>,
  segments: SegmentTable,
  bits: readonly number[],
  withGaps: boolean,
): TermMasks {
  const textStart = analysis.labelEnds.at(-1) ?? 0
  const count = countSegments(segments)
  const masks = new Array<number>(count).fill(0)
  let path = 0
  let at = 0
  for (let i = 0; i < places.length; i++) {
    const bit = bits[terms[i]!]!
    const word = places[i]! - textStart
    if (word < 0) path |= bit
    else {
      while (at < count && endWordAt(segments, at) <= word) at++
      if (at === count) break
      if (withGaps || word >= firstWordAt(segments, at)) masks[at]! |= bit
    }
  }
  return { path, segments: masks }
}

/** The terms of a segment, of the one before and of the one after it. */
export function termsAround({ segments }: TermMasks, i: number): number {
  const before = i > 0 ? segments[i - 1]! : 0
  const after = i + 1 < segments.length ? segments[i + 1]! : 0
  return before | segments[i]! | after
}

/** The terms of a passage with its title and headings. */
export function termsOfAll({ path, segments }: TermMasks): number {
  let all = path
  for (let i = 0; i < segments.length; i++) all |= segments[i]!
  return all
}

/**
 * Calls `visit` with the bits of any two terms that are within `distance` words of each other in
 * the title, a heading or the text.
 */
export function visitNeighbours(
  { analysis: { labelEnds }, matches: { places, terms } }: Pick<RetrievedPassage, 'analysis' | 'matches'>,
  bits: readonly number[],
  distance: number,
  visit: (first: number, second: number) => void,
): void {
  const lineOf = (place: number) => {
    let line = 0
    while (line < labelEnds.length && labelEnds[line]! <= place) line++
    return line
  }
  for (let i = 1; i < places.length; i++) {
    const bit = bits[terms[i]!]!
    if (bit === 0) continue
    for (let k = i - 1; k >= 0 && places[i]! - places[k]! <= distance; k--) {
      const other = bits[terms[k]!]!
      if (other !== 0 && lineOf(places[k]!) === lineOf(places[i]!)) visit(other, bit)
    }
  }
}

/**
 * The share, 0–1, of the question's weight that the terms of a mask have. A synonym counts where
 * its word is missing.
 */
export function coverage(mask: number, { weights, replaced, total }: WeightedTerms): number {
  if (total === 0) return 0
  let covered = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    const i = indexOf(rest & -rest)
    if ((replaced[i]! & mask) === 0) covered += weights[i]!
  }
  return covered / total
}

/** The greatest such share of several masks; 0 without any. */
export function bestCoverage(masks: readonly number[], weighted: WeightedTerms): number {
  return masks.reduce((best, mask) => Math.max(best, coverage(mask, weighted)), 0)
}

/** The sum of numbers; 0 without any. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function indexOf(bit: number): number {
  return 31 - Math.clz32(bit)
}
