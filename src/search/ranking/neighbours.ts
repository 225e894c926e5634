import type { PassageIndex } from '../index/passage-index.ts'
import { FIRST_TERM } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { FoundPassage } from './candidate-retrieval.ts'
import { PassageTexts } from './passage-texts.ts'
import { Idfs } from './word-score.ts'

/** Passages that are compared, each with each. */
const MAX_COMPARED = 100
/** Those most like a passage that speak for it. */
const NEAREST = 10

/** ln(1 + frequency) for most frequencies. */
const DAMPENED = Float64Array.from({ length: 64 }, (_, frequency) => Math.log1p(frequency))

/** Finds which of the best passages are like each other. Its memory is kept from one query to the next. */
export class Neighbours {
  readonly #index: PassageIndex
  readonly #texts = new PassageTexts()
  readonly #idfs = new Idfs()
  /** By term number: its place among the terms of the passages at hand, plus one; 0 for all others. */
  #placeOf = new Uint32Array(0)
  readonly #terms: number[] = []
  /** By place: how often the term stands in the passage at hand, then where its entries begin. */
  #counts = new Uint32Array(0)
  #starts = new Uint32Array(0)
  /** The entries, a passage's words each once, in order of passages: the word's place, the passage, the weight. */
  #places = new Uint32Array(0)
  #passages = new Uint32Array(0)
  #weights = new Float64Array(0)
  /** The same in order of words. */
  #listedPassages = new Uint32Array(0)
  #listedWeights = new Float64Array(0)
  readonly #nearest = new Uint32Array(NEAREST)
  readonly #nearestLikenesses = new Float64Array(NEAREST)
  readonly #norms = new Float64Array(MAX_COMPARED)
  /** By two passages, the later one first. */
  readonly #likeness = new Float64Array(MAX_COMPARED * MAX_COMPARED)

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /**
   * For each of the best passages what those most like it in other documents score, weighted by their likeness: passages about one thing tend to be
   * wanted together. Likeness is the cosine of the passages' words, ln(1 + frequency) · idf each, stop words left out.
   */
  scores(ranked: readonly FoundPassage[]): Float64Array {
    const count = Math.min(ranked.length, MAX_COMPARED)
    const passages = ranked.slice(0, count)
    this.#groupByTerm(this.#collect(passages))
    this.#compare(passages)
    return Float64Array.from({ length: count }, (_, i) => this.#scoreOfNearest(i, ranked, count))
  }

  /** The mean score of those most like a passage, weighted by likeness; of equally like ones the better. */
  #scoreOfNearest(i: number, ranked: readonly FoundPassage[], count: number): number {
    const likenesses = this.#nearestLikenesses.fill(0)
    const nearest = this.#nearest
    for (let j = 0; j < count; j++) {
      const like = this.#likeness[Math.max(i, j) * MAX_COMPARED + Math.min(i, j)]
      if (like <= likenesses[NEAREST - 1]) continue
      let place = NEAREST - 1
      for (; place > 0 && likenesses[place - 1] < like; place--) {
        likenesses[place] = likenesses[place - 1]
        nearest[place] = nearest[place - 1]
      }
      likenesses[place] = like
      nearest[place] = j
    }
    let sum = 0
    let total = 0
    for (let n = 0; n < NEAREST && likenesses[n] > 0; n++) {
      sum += likenesses[n] * ranked[nearest[n]].score
      total += likenesses[n]
    }
    return total === 0 ? 0 : sum / total
  }

  /** Makes the entries and gives their number. */
  #collect(passages: readonly FoundPassage[]): number {
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

  /** Brings the entries in order of words; in each word's, the passages stay in order. */
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

  /** Computes the likeness of each passage to those before it; 0 to those of its own document, which say the same thing. */
  #compare(passages: readonly FoundPassage[]): void {
    const { owners } = this.#index
    const likeness = this.#likeness.fill(0)
    const listed = this.#listedPassages
    const weights = this.#listedWeights
    for (let place = 0; place < this.#terms.length; place++) {
      const start = this.#starts[place]
      const end = this.#starts[place + 1]
      for (let a = start + 1; a < end; a++) {
        const row = listed[a] * MAX_COMPARED
        for (let b = start; b < a; b++) likeness[row + listed[b]] += weights[a] * weights[b]
      }
    }
    for (let i = 0; i < passages.length; i++) {
      for (let j = 0; j < i; j++) {
        const isSameDocument = owners[passages[i].passage] === owners[passages[j].passage]
        const norm = Math.sqrt(this.#norms[i] * this.#norms[j])
        likeness[i * MAX_COMPARED + j] = isSameDocument || norm === 0 ? 0 : likeness[i * MAX_COMPARED + j] / norm
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
