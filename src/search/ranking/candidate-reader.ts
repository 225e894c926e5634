import type { PassageIndex } from '../index/passage-index.ts'
import { FIRST_TERM, SEGMENT_END } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import { GRAM_MARK, type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import { Idfs } from '../word-score.ts'
import { GramWeights } from './gram-weights.ts'
import { PairCounts } from './pair-counts.ts'
import type { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'

/** Weight of a stop word when a segment is compared with the query. */
const STOP_WORD_SHARE = 0.5

/**
 * Reads candidates word by word and compares them with a query. Buffers are reused between queries;
 * each is cleared or overwritten before a query uses it.
 */
export class CandidateReader {
  /** By row of the texts, after `read`: BM25 of the query's adjacent word pairs. */
  pairs = new Float64Array(0)
  /** BM25 of the terms that share letter groups with the query. */
  grams = new Float64Array(0)
  /** Cosine similarity of the best segment to the query, times the query's own idf. */
  segments = new Float64Array(0)
  readonly #index: PassageIndex
  readonly #weights: RankingWeights
  readonly #marks: QueryMarks
  readonly #pairs = new PairCounts()
  readonly #grams: GramWeights
  readonly #idfs = new Idfs()
  /** By term and by slot: the number of the segment in which it was last seen. */
  #termSeenIn = new Uint32Array(0)
  readonly #slotSeenIn = new Uint32Array(SLOT_MASK + 1)
  #segment = 0
  /**
   * By slot: the term's weight when a segment is compared with the query; 0 if it is not from the
   * query.
   */
  readonly #shares = new Float64Array(SLOT_MASK + 1)
  #querySum = 0

  constructor(index: PassageIndex, weights: RankingWeights, marks: QueryMarks) {
    this.#index = index
    this.#weights = weights
    this.#marks = marks
    this.#grams = new GramWeights(index)
  }

  /** Scores passages. */
  read({ lookups, pairs, words }: PlannedQuery, texts: PassageTexts): void {
    const { passages, rows } = texts
    const { vocabulary, passageCount } = this.#index
    this.#querySum = 0
    for (let i = 0; i < lookups.length; i++) {
      const { own, stopWord, idf } = lookups[i]!
      this.#shares[i + 1] = own ? share(stopWord) * idf : 0
      this.#querySum += this.#shares[i + 1]!
    }
    this.#idfs.fit(passageCount)
    this.#termSeenIn = withRoomFor(this.#termSeenIn, vocabulary.slots)
    this.#pairs.begin(pairs, this.#marks, rows)
    if (this.#weights.grams > 0) this.#grams.begin(words, this.#marks)
    this.pairs = withRoomFor(this.pairs, rows)
    this.grams = withRoomFor(this.grams, rows)
    this.segments = withRoomFor(this.segments, rows)
    for (let row = 0; row < rows; row++) {
      this.segments[row] = this.#bestSegment(row, texts)
      this.grams[row] = this.#grams.takeScore(passages[row]!)
    }
    this.pairs.fill(0, 0, rows)
    if (this.#weights.pairs > 0) this.#pairs.addScores(this.#index, texts, this.pairs)
  }

  /** The score of a passage's best segment. Counts its pairs, and its terms of letter groups. */
  #bestSegment(row: number, { numbers, starts, ends }: PassageTexts): number {
    const marks = this.#marks.byTerm
    const pairs = this.#pairs
    const grams = this.#grams
    const shares = this.#shares
    const slotSeenIn = this.#slotSeenIn
    const querySum = this.#querySum
    let segment = this.#nextSegment()
    let best = 0
    let segmentStart = 0
    let matched = 0
    let previous = 0
    const end = ends[row]!
    for (let i = starts[row]!; i < end; i++) {
      const number = numbers[i]!
      if (number >= FIRST_TERM) {
        const mark = marks[number - FIRST_TERM]!
        if (mark === 0) {
          previous = 0
          continue
        }
        const slot = mark & SLOT_MASK
        if (mark >= GRAM_MARK) grams.count(number - FIRST_TERM)
        if (slot !== 0) {
          if (previous !== 0) pairs.count(row, previous, slot)
          if (slotSeenIn[slot] !== segment) matched += shares[slot]!
          slotSeenIn[slot] = segment
        }
        previous = slot
      } else if (number !== SEGMENT_END) {
        segmentStart = i + 1
        matched = 0
        previous = 0
        segment = this.#nextSegment()
      } else if (matched * querySum > best * best) {
        // Upper bound: a segment is at most as similar as one that contains only the matching
        // words.
        best = Math.max(best, matched * Math.sqrt(querySum / this.#segmentSum(numbers, segmentStart, i)))
      }
    }
    return best
  }

  /** Numbers a segment. When the numbers run out, the marks of all earlier segments are cleared. */
  #nextSegment(): number {
    if (this.#segment === 0xffff_ffff) {
      this.#segment = 0
      this.#termSeenIn.fill(0)
      this.#slotSeenIn.fill(0)
    }
    return ++this.#segment
  }

  /**
   * The idf sum of a segment's distinct words, with stop words weighted less. With u this sum, m
   * the matching part of it and q the query's sum, similarity times q is
   *
   *     m / √(u · q) · q = m · √(q / u)
   */
  #segmentSum(numbers: Uint32Array, start: number, end: number): number {
    const { vocabulary, postings } = this.#index
    const seenIn = this.#termSeenIn
    const segment = this.#segment
    let sum = 0
    for (let i = start; i < end; i++) {
      const term = numbers[i]! - FIRST_TERM
      if (seenIn[term] === segment) continue
      seenIn[term] = segment
      sum += share(vocabulary.stopTerms[term] === 1) * this.#idfs.of(postings.count(term))
    }
    return sum
  }
}

function share(isStopWord: boolean): number {
  return isStopWord ? STOP_WORD_SHARE : 1
}
