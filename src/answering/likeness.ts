import type { WordCorrection } from '../search/retrieval.ts'
import type { QueryTerm } from '../search/search-engine.ts'
import type { Token } from '../search/text/analysis.ts'
import { type Analyse, contentWords } from './question/question.ts'

/** The terms of a question with their weights. Each term is a bit of a mask. */
export interface WeightedTerms {
  readonly bits: ReadonlyMap<string, number>
  readonly weights: readonly number[]
  readonly total: number
}

/** Bits of a mask that are positive integers in JavaScript. */
const MAX_TERMS = 30
/** Share of its weight that a stop word keeps, and the word that replaces a misspelt one. */
const STOP_WORD_SHARE = 0.2
const CORRECTED_SHARE = 0.8

/**
 * Weights the terms of a question by inverse document frequency, so a product's name that occurs
 * almost everywhere weighs little. Terms that no document contains are left out. Of more than 30
 * terms, those with the highest weights are used.
 */
export function weighTerms(
  terms: readonly QueryTerm[],
  context: readonly QueryTerm[],
  corrections: readonly WordCorrection[],
  analyse: Analyse,
): WeightedTerms {
  const found = new Map<string, number>()
  const add = (term: string, weight: number) => {
    if (weight > (found.get(term) ?? 0)) found.set(term, weight)
  }
  const greatest = Math.max(1, ...terms.map(({ idf }) => idf))
  for (const { term, documentFrequency, idf, weight } of terms)
    if (documentFrequency > 0) add(term, idf * (weight < 1 ? STOP_WORD_SHARE : 1))
  for (const { suggestion } of corrections)
    for (const { term } of contentWords(suggestion, analyse)) add(term, greatest * CORRECTED_SHARE)
  for (const { term, documentFrequency, idf, weight } of context)
    if (documentFrequency > 0 && !found.has(term)) add(term, idf * weight)
  const kept = [...found].sort((a, b) => b[1] - a[1]).slice(0, MAX_TERMS)
  return {
    bits: new Map(kept.map(([term], i) => [term, 1 << i])),
    weights: kept.map(([, weight]) => weight),
    total: kept.reduce((sum, [, weight]) => sum + weight, 0),
  }
}

/** Returns the mask of the terms that occur among these words. */
export function maskOf(words: readonly Pick<Token, 'term'>[], { bits }: Pick<WeightedTerms, 'bits'>): number {
  let mask = 0
  for (const { term } of words) mask |= bits.get(term) ?? 0
  return mask
}

/** The share, 0–1, of the question's weight that the terms of a mask have. */
export function coverage(mask: number, { weights, total }: WeightedTerms): number {
  if (total === 0) return 0
  let sum = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) sum += weights[31 - Math.clz32(rest & -rest)]!
  return sum / total
}
