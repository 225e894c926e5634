import { PairCounts } from '../index/pair-counts.ts'
import { FIRST_KIND, type PassageIndex } from '../index/passage-index.ts'
import { UNIT_KINDS } from '../index/passage-segments.ts'
import { FIRST_TERM, UNIT_END } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import { GRAM_MARK, type QueryMarks, SLOT_MASK } from '../query/query-marks.ts'
import type { PlannedQuery, SoughtTerm } from '../query/query-terms.ts'
import type { FoundPassage } from './candidate-retrieval.ts'
import type { DocumentWords } from './document-scorer.ts'
import { GramWeights } from './gram-weights.ts'
import type { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'
import { Idfs, idf, STOP_WORD_WEIGHT, saturated } from './word-score.ts'

/** What can be seen of a passage once its words are read in order. */
export interface CandidateView {
  /** BM25 of the title or heading that fits best, weighted, questions counting for more. */
  title: number
  /** BM25 of the query's neighbouring words that are neighbours here. */
  pairs: number
  /** BM25 of the terms that share groups of letters with the query. */
  grams: number
  /** How like the query the sentence or line is that fits best, times the query's own idf. */
  unit: number
}

/** What a stop word counts when a unit is likened to the query. */
const STOP_WORD_SHARE = 0.5

const IS_LABEL = UNIT_KINDS.map(kind => kind !== 'text' && kind !== 'id')
const IS_QUESTION = UNIT_KINDS.map(kind => kind.endsWith('question'))

/** Reads candidates word by word and compares them with a query. Its memory is kept from one query to the next. */
export class CandidateReader {
  readonly #index: PassageIndex
  readonly #weights: RankingWeights
  readonly #marks: QueryMarks
  readonly #pairs = new PairCounts()
  readonly #grams: GramWeights
  readonly #idfs = new Idfs()
  /** By term and by slot: the number of the unit in which it was last seen. */
  #termSeenIn = new Uint32Array(0)
  readonly #slotSeenIn = new Uint32Array(SLOT_MASK + 1)
  #unit = 0
  /** By slot: what the query's term counts when a unit is likened to the query; 0 for one that is not its own. */
  readonly #shares = new Float64Array(SLOT_MASK + 1)
  #querySum = 0
  #sought: readonly SoughtTerm[] = []
  readonly #frequencies = new Uint32Array(SLOT_MASK + 1)

  constructor(index: PassageIndex, weights: RankingWeights, marks: QueryMarks) {
    this.#index = index
    this.#weights = weights
    this.#marks = marks
    this.#grams = new GramWeights(index)
  }

  /** What can be seen of each candidate. Counts the words of their documents on the way. */
  read(plan: PlannedQuery, candidates: readonly FoundPassage[], texts: PassageTexts, documents: DocumentWords): CandidateView[] {
    const { vocabulary, passageCount } = this.#index
    this.#sought = plan.sought
    this.#querySum = 0
    for (const [i, { own, stopWord, idf }] of plan.sought.entries()) {
      this.#shares[i + 1] = own ? share(stopWord) * idf : 0
      this.#querySum += this.#shares[i + 1]
    }
    this.#idfs.fit(passageCount)
    this.#termSeenIn = withRoomFor(this.#termSeenIn, vocabulary.slots)
    this.#pairs.begin(plan, candidates.length)
    if (this.#weights.grams > 0) this.#grams.begin(plan.words, this.#marks)
    const views = candidates.map(({ passage }, i) => this.#view(passage, i, texts, documents))
    if (this.#weights.pairs > 0) this.#pairs.addScores(this.#index, candidates, views)
    this.#grams.end()
    return views
  }

  #view(passage: number, candidate: number, texts: PassageTexts, documents: DocumentWords): CandidateView {
    const { numbers, starts } = texts
    const marks = this.#marks.byTerm
    const pairs = this.#pairs
    const grams = this.#grams
    const view: CandidateView = { title: 0, pairs: 0, grams: 0, unit: 0 }
    documents.beginPassage(passage)
    let kind = 0
    let unitStart = 0
    let matched = 0
    let matches = false
    let previous = 0
    const end = starts[candidate + 1]
    for (let i = starts[candidate]; i < end; i++) {
      const number = numbers[i]
      if (number >= FIRST_TERM) {
        const mark = marks[number - FIRST_TERM]
        const slot = mark & SLOT_MASK
        if (mark >= GRAM_MARK) grams.count(number - FIRST_TERM)
        if (slot !== 0) {
          matches = true
          documents.count(slot)
          if (previous !== 0) pairs.count(candidate, previous, slot)
          if (this.#slotSeenIn[slot] !== this.#unit) matched += this.#shares[slot]
          this.#slotSeenIn[slot] = this.#unit
        }
        previous = slot
      } else if (number !== UNIT_END) {
        kind = number - FIRST_KIND
        documents.beginUnit(kind)
        unitStart = i + 1
        matches = false
        matched = 0
        previous = 0
        this.#unit = this.#unit === 0xffff_ffff ? 1 : this.#unit + 1
      } else if (matches) {
        // A unit is never more like the query than one that has nothing but the words that match.
        if (matched * this.#querySum > view.unit * view.unit)
          view.unit = Math.max(view.unit, matched * Math.sqrt(this.#querySum / this.#unitSum(numbers, unitStart, i)))
        if (IS_LABEL[kind]) view.title = Math.max(view.title, this.#labelScore(numbers, unitStart, i, IS_QUESTION[kind]))
      }
    }
    view.grams = grams.takeScore(passage)
    return view
  }

  /**
   * The idf of a unit's words, each once, stop words less. With u this sum, m the part of it that matches and q the query's, likeness times q is
   *
   *     m / √(u · q) · q = m · √(q / u)
   */
  #unitSum(numbers: Uint32Array, start: number, end: number): number {
    const { vocabulary, postings } = this.#index
    const seenIn = this.#termSeenIn
    let sum = 0
    for (let i = start; i < end; i++) {
      const term = numbers[i] - FIRST_TERM
      if (seenIn[term] === this.#unit) continue
      seenIn[term] = this.#unit
      sum += share(vocabulary.stopTerms[term] === 1) * this.#idfs.of(postings.count(term))
    }
    return sum
  }

  /** BM25 of a title or heading with the statistics of titles and headings; stop words count in full, for there they tell much. */
  #labelScore(numbers: Uint32Array, start: number, end: number, isQuestion: boolean): number {
    const { labels, labelWords, vocabulary } = this.#index
    const marks = this.#marks.byTerm
    const frequencies = this.#frequencies
    frequencies.fill(0, 0, this.#sought.length + 1)
    for (let i = start; i < end; i++) frequencies[marks[numbers[i] - FIRST_TERM] & SLOT_MASK]++
    const relativeLength = ((end - start) * labels) / labelWords
    let score = 0
    for (let i = 0; i < this.#sought.length; i++) {
      if (frequencies[i + 1] === 0) continue
      const { list, weight, stopWord } = this.#sought[i]
      const full = stopWord ? weight / STOP_WORD_WEIGHT : weight
      score += full * idf(labels, vocabulary.labelFrequencies[list]) * saturated(frequencies[i + 1], relativeLength)
    }
    return (this.#weights.title + (isQuestion ? this.#weights.question : 0)) * score
  }
}

function share(isStopWord: boolean): number {
  return isStopWord ? STOP_WORD_SHARE : 1
}
