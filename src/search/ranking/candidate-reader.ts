import { FIRST_KIND, type PassageIndex } from '../index/passage-index.ts'
import { SEGMENT_KINDS } from '../index/passage-segments.ts'
import { FIRST_TERM, SEGMENT_END } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import { GRAM_MARK, type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { LookupTerm, PlannedQuery } from '../query/query-terms.ts'
import type { Candidate } from './candidate-retrieval.ts'
import type { DocumentScorer } from './document-scorer.ts'
import { GramWeights } from './gram-weights.ts'
import { PairCounts } from './pair-counts.ts'
import type { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'
import { Idfs, idf, STOP_WORD_WEIGHT, saturated } from './word-score.ts'

/** A candidate's scores that come from reading its words in order. */
export interface CandidateScores {
  /** BM25 of the best title or heading, weighted; questions count more. */
  title: number
  /** BM25 of the query's adjacent word pairs. */
  pairs: number
  /** BM25 of the terms that share letter groups with the query. */
  grams: number
  /** Cosine similarity of the best segment of the text to the query, times the query's own idf. */
  segment: number
}

/** Weight of a stop word when a segment is compared with the query. */
const STOP_WORD_SHARE = 0.5

const IS_LABEL = SEGMENT_KINDS.map(kind => !['text', 'id', 'defined'].includes(kind))
const IS_QUESTION = SEGMENT_KINDS.map(kind => kind.endsWith('question'))

/**
 * Reads candidates word by word and compares them with a query. Buffers are reused between queries;
 * each is cleared or overwritten before a query uses it.
 */
export class CandidateReader {
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
  #lookups: readonly LookupTerm[] = []
  readonly #frequencies = new Uint32Array(SLOT_MASK + 1)

  constructor(index: PassageIndex, weights: RankingWeights, marks: QueryMarks) {
    this.#index = index
    this.#weights = weights
    this.#marks = marks
    this.#grams = new GramWeights(index)
  }

  /** Scores each candidate. Passes their words on to `documents`. */
  read(plan: PlannedQuery, candidates: readonly Candidate[], texts: PassageTexts, documents: DocumentScorer): CandidateScores[] {
    const { vocabulary, passageCount } = this.#index
    this.#lookups = plan.lookups
    this.#querySum = 0
    for (const [i, { own, stopWord, idf }] of plan.lookups.entries()) {
      this.#shares[i + 1] = own ? share(stopWord) * idf : 0
      this.#querySum += this.#shares[i + 1]
    }
    this.#idfs.fit(passageCount)
    this.#termSeenIn = withRoomFor(this.#termSeenIn, vocabulary.slots)
    this.#pairs.begin(plan, candidates.length)
    if (this.#weights.grams > 0) this.#grams.begin(plan.words, this.#marks)
    const scores = candidates.map(({ passage }, i) => this.#score(passage, i, texts, documents))
    if (this.#weights.pairs > 0) this.#pairs.addScores(this.#index, candidates, scores)
    return scores
  }

  #score(passage: number, candidate: number, texts: PassageTexts, documents: DocumentScorer): CandidateScores {
    const { numbers, starts } = texts
    const marks = this.#marks.byTerm
    const pairs = this.#pairs
    const grams = this.#grams
    const shares = this.#shares
    const slotSeenIn = this.#slotSeenIn
    const scores: CandidateScores = { title: 0, pairs: 0, grams: 0, segment: 0 }
    documents.beginPassage(passage)
    let kind = 0
    let segmentStart = 0
    let matched = 0
    let matches = false
    let previous = 0
    const end = starts[candidate + 1]
    for (let i = starts[candidate]; i < end; i++) {
      const number = numbers[i]
      if (number >= FIRST_TERM) {
        const mark = marks[number - FIRST_TERM]
        if (mark === 0) {
          previous = 0
          continue
        }
        const slot = mark & SLOT_MASK
        if (mark >= GRAM_MARK) grams.count(number - FIRST_TERM)
        if (slot !== 0) {
          matches = true
          documents.count(slot)
          if (previous !== 0) pairs.count(candidate, previous, slot)
          if (slotSeenIn[slot] !== this.#segment) matched += shares[slot]
          slotSeenIn[slot] = this.#segment
        }
        previous = slot
      } else if (number !== SEGMENT_END) {
        kind = number - FIRST_KIND
        documents.beginSegment(kind)
        segmentStart = i + 1
        matches = false
        matched = 0
        previous = 0
        this.#nextSegment()
      } else if (matches) {
        // Upper bound: a segment is at most as similar as one that contains only the matching
        // words.
        if (matched * this.#querySum > scores.segment * scores.segment)
          scores.segment = Math.max(
            scores.segment,
            matched * Math.sqrt(this.#querySum / this.#segmentSum(numbers, segmentStart, i)),
          )
        if (IS_LABEL[kind]) scores.title = Math.max(scores.title, this.#labelScore(numbers, segmentStart, i, IS_QUESTION[kind]))
      }
    }
    scores.grams = grams.takeScore(passage)
    return scores
  }

  /** Starts a segment. When the numbers run out, the marks of all earlier segments are cleared. */
  #nextSegment(): void {
    if (this.#segment === 0xffff_ffff) {
      this.#segment = 0
      this.#termSeenIn.fill(0)
      this.#slotSeenIn.fill(0)
    }
    this.#segment++
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
    let sum = 0
    for (let i = start; i < end; i++) {
      const term = numbers[i] - FIRST_TERM
      if (seenIn[term] === this.#segment) continue
      seenIn[term] = this.#segment
      sum += share(vocabulary.stopTerms[term] === 1) * this.#idfs.of(postings.count(term))
    }
    return sum
  }

  /**
   * BM25 of a title or heading, with the statistics of titles and headings. Stop words count in
   * full: titles are short.
   */
  #labelScore(numbers: Uint32Array, start: number, end: number, isQuestion: boolean): number {
    const { labels, labelWords, vocabulary } = this.#index
    const marks = this.#marks.byTerm
    const frequencies = this.#frequencies
    frequencies.fill(0, 0, this.#lookups.length + 1)
    for (let i = start; i < end; i++) frequencies[marks[numbers[i] - FIRST_TERM] & SLOT_MASK]++
    const relativeLength = ((end - start) * labels) / labelWords
    let score = 0
    for (let i = 0; i < this.#lookups.length; i++) {
      if (frequencies[i + 1] === 0) continue
      const { list, weight, stopWord } = this.#lookups[i]
      const full = stopWord ? weight / STOP_WORD_WEIGHT : weight
      score += full * idf(labels, vocabulary.labelFrequencies[list]) * saturated(frequencies[i + 1], relativeLength)
    }
    return (this.#weights.title + (isQuestion ? this.#weights.question : 0)) * score
  }
}

function share(isStopWord: boolean): number {
  return isStopWord ? STOP_WORD_SHARE : 1
}
