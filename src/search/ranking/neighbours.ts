import type { PassageIndex } from '../index/passage-index.ts'
import { FIRST_TERM } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { Chosen } from './candidates.ts'
import type { PassageTexts } from './passage-texts.ts'
import { Idfs } from './word-score.ts'

/** Passages that are compared pairwise. */
export const MAX_COMPARED = 30
/** Number of most similar passages that contribute to a passage's score. */
const NEAREST = 10
const LAST_ENTRY = 0xffff_ffff

/** ln(1 + frequency) for most frequencies. */
const DAMPENED = Float64Array.from({ length: 64 }, (_, frequency) => Math.log1p(frequency))

/**
 * Computes the similarity of the best passages to one another. Buffers are reused between queries;
 * none has to be cleared but the sums.
 */
export class Neighbours {
  /** By rank, after `score`: the mean score of the most similar passages. */
  readonly scores = new Float64Array(MAX_COMPARED)
  readonly #index: PassageIndex
  readonly #idfs = new Idfs()
  /** By term number: its last entry, by a number that no two queries share. */
  #lastOf = new Uint32Array(0)
  /** The number of the first entry of the query, which is at 0 in the arrays below. */
  #first = 1
  /** The same for the next query. */
  #next = 1
  /**
   * The entries, one for each distinct word of a passage, in order of passages: its term, its
   * passage, the word's frequency and weight there, and the number of the term's entry before.
   */
  #terms = new Uint32Array(0)
  #ranks = new Uint8Array(0)
  #frequencies = new Uint32Array(0)
  #weights = new Float64Array(0)
  #previous = new Uint32Array(0)
  readonly #nearest = new Uint32Array(NEAREST)
  readonly #nearestSimilarities = new Float64Array(NEAREST)
  readonly #norms = new Float64Array(MAX_COMPARED)
  /** By pair of passages, the later one first. */
  readonly #similarities = new Float64Array(MAX_COMPARED * MAX_COMPARED)

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * For each of the best passages, computes the mean score of the most similar passages of other
   * documents, weighted by similarity: passages about the same subject tend to be relevant
   * together. Similarity is the cosine of the passages' words, weighted by ln(1 + frequency) · idf,
   * without stop words.
   * @param compared Best first, at most `MAX_COMPARED`.
   * @param totals By candidate: its score.
   */
  score(compared: Chosen, texts: PassageTexts, totals: Float64Array): void {
    this.#compare(compared, texts)
    this.#normalize(compared)
    for (let i = 0; i < compared.count; i++) this.scores[i] = this.#scoreOfNearest(i, compared, totals)
  }

  /**
   * The mean score of the passages most similar to one, weighted by similarity. Ties go to the
   * better-ranked passage.
   */
  #scoreOfNearest(i: number, { order, count }: Chosen, totals: Float64Array): number {
    const similarities = this.#nearestSimilarities.fill(0)
    const nearest = this.#nearest
    for (let j = 0; j < count; j++) {
      const similarity = this.#similarities[Math.max(i, j) * MAX_COMPARED + Math.min(i, j)]
      if (similarity <= similarities[NEAREST - 1]) continue
      let place = NEAREST - 1
      for (; place > 0 && similarities[place - 1] < similarity; place--) {
        similarities[place] = similarities[place - 1]
        nearest[place] = nearest[place - 1]
      }
      similarities[place] = similarity
      nearest[place] = j
    }
    let sum = 0
    let total = 0
    for (let n = 0; n < NEAREST && similarities[n] > 0; n++) {
      sum += similarities[n] * totals[order[nearest[n]]]
      total += similarities[n]
    }
    return total === 0 ? 0 : sum / total
  }

  /** Sums the products of the weights of common words for each pair of passages. */
  #compare({ order, count }: Chosen, { numbers, starts, ends }: PassageTexts): void {
    const { vocabulary, passageCount } = this.#index
    const { stopTerms } = vocabulary
    let words = 0
    for (let i = 0; i < count; i++) words += ends[order[i]] - starts[order[i]]
    this.#begin(words)
    this.#idfs.fit(passageCount)
    const first = this.#first
    const lastOf = this.#lastOf
    const terms = this.#terms
    const ranks = this.#ranks
    const frequencies = this.#frequencies
    const previous = this.#previous
    let entries = 0
    for (let i = 0; i < count; i++) {
      const own = entries
      const end = ends[order[i]]
      for (let at = starts[order[i]]; at < end; at++) {
        const number = numbers[at]
        if (number < FIRST_TERM) continue
        const term = number - FIRST_TERM
        if (stopTerms[term] === 1) continue
        const last = lastOf[term]
        if (last >= first + own) frequencies[last - first]++
        else {
          terms[entries] = term
          ranks[entries] = i
          frequencies[entries] = 1
          previous[entries] = last
          lastOf[term] = first + entries++
        }
      }
      this.#norms[i] = this.#weigh(own, entries, i * MAX_COMPARED)
    }
  }

  /**
   * Weighs the entries of a passage and adds their products with those of earlier passages to its
   * row of similarities. Returns the sum of the squares.
   */
  #weigh(start: number, end: number, row: number): number {
    const { postings } = this.#index
    const first = this.#first
    const weights = this.#weights
    const ranks = this.#ranks
    const previous = this.#previous
    const similarities = this.#similarities
    let norm = 0
    for (let entry = start; entry < end; entry++) {
      const weight = dampened(this.#frequencies[entry]) * this.#idfs.of(postings.count(this.#terms[entry]))
      weights[entry] = weight
      norm += weight * weight
      for (let other = previous[entry]; other >= first; other = previous[other - first])
        similarities[row + ranks[other - first]] += weight * weights[other - first]
    }
    return norm
  }

  /** The similarity of passages of the same document, which repeat each other, is 0. */
  #normalize({ passages, order, count }: Chosen): void {
    const { owners } = this.#index
    const similarities = this.#similarities
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const at = i * MAX_COMPARED + j
        if (similarities[at] === 0) continue
        const isSameDocument = owners[passages[order[i]]] === owners[passages[order[j]]]
        const norm = Math.sqrt(this.#norms[i] * this.#norms[j])
        similarities[at] = isSameDocument || norm === 0 ? 0 : similarities[at] / norm
      }
    }
  }

  #begin(words: number): void {
    this.#lastOf = withRoomFor(this.#lastOf, this.#index.vocabulary.slots)
    if (this.#next + words > LAST_ENTRY) {
      this.#next = 1
      this.#lastOf.fill(0)
    }
    this.#first = this.#next
    this.#next += words
    this.#terms = withRoomFor(this.#terms, words)
    this.#ranks = withRoomFor(this.#ranks, words)
    this.#frequencies = withRoomFor(this.#frequencies, words)
    this.#weights = withRoomFor(this.#weights, words)
    this.#previous = withRoomFor(this.#previous, words)
    this.#similarities.fill(0)
  }
}

function dampened(frequency: number): number {
  return frequency < DAMPENED.length ? DAMPENED[frequency] : Math.log1p(frequency)
}
