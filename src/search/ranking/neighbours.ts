import type { PassageIndex } from '../index/passage-index.ts'
import { FIRST_TERM } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { Candidate } from './candidate-retrieval.ts'
import { PassageTexts } from './passage-texts.ts'
import { Idfs } from './word-score.ts'

/** Passages that are compared pairwise. */
const MAX_COMPARED = 30
/** Number of most similar passages that contribute to a passage's score. */
const NEAREST = 10

/** ln(1 + frequency) for most frequencies. */
const DAMPENED = Float64Array.from({ length: 64 }, (_, frequency) => Math.log1p(frequency))

/**
 * Computes the similarity of the best passages to one another. Buffers are reused between queries;
 * each is cleared before use.
 */
export class Neighbours {
  readonly #index: PassageIndex
  readonly #texts = new PassageTexts()
  readonly #idfs = new Idfs()
  /**
   * By term number: the term's position among the terms of the compared passages, plus 1; 0 for all
   * others.
   */
  #placeOf = new Uint32Array(0)
  readonly #terms: number[] = []
  /**
   * By position: the term's frequency in the current passage; later, the number of its entries so
   * far.
   */
  #counts = new Uint32Array(0)
  #starts = new Uint32Array(0)
  /**
   * The entries, one for each distinct word of a passage, in order of passages: position of the
   * word, passage, weight.
   */
  #places = new Uint32Array(0)
  #passages = new Uint32Array(0)
  #weights = new Float64Array(0)
  /** The same entries in order of words. */
  #listedPassages = new Uint32Array(0)
  #listedWeights = new Float64Array(0)
  readonly #nearest = new Uint32Array(NEAREST)
  readonly #nearestSimilarities = new Float64Array(NEAREST)
  readonly #norms = new Float64Array(MAX_COMPARED)
  /** By pair of passages, the later one first. */
  readonly #similarities = new Float64Array(MAX_COMPARED * MAX_COMPARED)

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * For each of the best passages, returns the mean score of the most similar passages of other
   * documents, weighted by similarity: passages about the same subject tend to be relevant
   * together. Similarity is the cosine of the passages' words, weighted by ln(1 + frequency) · idf,
   * without stop words.
   */
  scores(ranked: readonly Candidate[]): Float64Array {
    const count = Math.min(ranked.length, MAX_COMPARED)
    const passages = ranked.slice(0, count)
    this.#groupByTerm(this.#collect(passages))
    this.#compare(passages)
    return Float64Array.from({ length: count }, (_, i) => this.#scoreOfNearest(i, ranked, count))
  }

  /**
   * The mean score of the passages most similar to one, weighted by similarity. Ties go to the
   * better-ranked passage.
   */
  #scoreOfNearest(i: number, ranked: readonly Candidate[], count: number): number {
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
      sum += similarities[n] * ranked[nearest[n]].score
      total += similarities[n]
    }
    return total === 0 ? 0 : sum / total
  }

  /** Creates the entries and returns their count. */
  #collect(passages: readonly Candidate[]): number {
    const { sequences, vocabulary, postings, passageCount } = this.#index
    this.#texts.read(sequences, passages)
    const { numbers, starts } = this.#texts
    this.#idfs.fit(passageCount)
    this.#makeRoom(starts[passages.length])
    for (const term of this.#terms) this.#placeOf[term] = 0
    this.#terms.length = 0
    this.#norms.fill(0)
    let entries = 0
    for (let i = 0; i < passages.length; i++) {
      const first = entries
      for (let at = starts[i]; at < starts[i + 1]; at++) {
        const term = numbers[at] - FIRST_TERM
        if (term < 0 || vocabulary.stopTerms[term] === 1) continue
        if (this.#placeOf[term] === 0) {
          this.#placeOf[term] = this.#terms.push(term)
          this.#counts[this.#terms.length - 1] = 0
        }
        const place = this.#placeOf[term] - 1
        if (this.#counts[place]++ === 0) this.#places[entries++] = place
      }
      for (let entry = first; entry < entries; entry++) {
        const place = this.#places[entry]
        const weight = dampened(this.#counts[place]) * this.#idfs.of(postings.count(this.#terms[place]))
        this.#counts[place] = 0
        this.#passages[entry] = i
        this.#weights[entry] = weight
        this.#norms[i] += weight * weight
      }
    }
    return entries
  }

  /** Sorts the entries by word. The entries of a word stay in order of passages. */
  #groupByTerm(entries: number): void {
    const starts = this.#starts.fill(0, 0, this.#terms.length + 1)
    for (let entry = 0; entry < entries; entry++) starts[this.#places[entry] + 1]++
    for (let place = 0; place < this.#terms.length; place++) starts[place + 1] += starts[place]
    for (let entry = 0; entry < entries; entry++) {
      const place = this.#places[entry]
      const at = starts[place] + this.#counts[place]++
      this.#listedPassages[at] = this.#passages[entry]
      this.#listedWeights[at] = this.#weights[entry]
    }
  }

  /**
   * Computes the similarity of each pair of passages; 0 for passages of the same document, which
   * repeat each other.
   */
  #compare(passages: readonly Candidate[]): void {
    const { owners } = this.#index
    const similarities = this.#similarities.fill(0)
    const listed = this.#listedPassages
    const weights = this.#listedWeights
    for (let place = 0; place < this.#terms.length; place++) {
      const start = this.#starts[place]
      const end = this.#starts[place + 1]
      for (let a = start + 1; a < end; a++) {
        const row = listed[a] * MAX_COMPARED
        for (let b = start; b < a; b++) similarities[row + listed[b]] += weights[a] * weights[b]
      }
    }
    for (let i = 0; i < passages.length; i++) {
      for (let j = 0; j < i; j++) {
        const isSameDocument = owners[passages[i].passage] === owners[passages[j].passage]
        const norm = Math.sqrt(this.#norms[i] * this.#norms[j])
        similarities[i * MAX_COMPARED + j] = isSameDocument || norm === 0 ? 0 : similarities[i * MAX_COMPARED + j] / norm
      }
    }
  }

  #makeRoom(words: number): void {
    this.#placeOf = withRoomFor(this.#placeOf, this.#index.vocabulary.slots)
    this.#counts = withRoomFor(this.#counts, words)
    this.#starts = withRoomFor(this.#starts, words + 1)
    this.#places = withRoomFor(this.#places, words)
    this.#passages = withRoomFor(this.#passages, words)
    this.#weights = withRoomFor(this.#weights, words)
    this.#listedPassages = withRoomFor(this.#listedPassages, words)
    this.#listedWeights = withRoomFor(this.#listedWeights, words)
  }
}

function dampened(frequency: number): number {
  return frequency < DAMPENED.length ? DAMPENED[frequency] : Math.log1p(frequency)
}
