import type { PassageIndex } from '../index/passage-index.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import { QueryMarks } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import type { ScoreParts } from '../search-engine.ts'
import { CandidateReader } from './candidate-reader.ts'
import { CandidateOrder, type Candidates } from './candidates.ts'
import { DocumentScorer } from './documents/document-scorer.ts'
import { Mentions } from './documents/mentions.ts'
import { LabelScorer } from './label-scorer.ts'
import { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'
import { DOCUMENT, GRAMS, MENTIONS, PAGE, PAIRS, ScoreTable, SEGMENT, TITLE, WORDS } from './score-table.ts'

/** A passage with its final score. */
export interface RankedPassage {
  readonly passage: number
  readonly score: number
  readonly parts: ScoreParts
}

/** Candidates whose text is read. Of the others, pairs, letter groups and segments score 0. */
const CANDIDATES_READ = 24
/**
 * What words and title add to a candidate's promise: passages with more of the query's words there
 * tend to have better pairs and segments.
 */
const PROMISE_OF_WORDS = 1
const PROMISE_OF_TITLE = 0.5

/**
 * The second stage: ranks the candidates, first by what needs no text, then the best of them by all
 * signals. Buffers are reused between queries. None is released at the end of a query: each clears
 * itself when the next query begins, so a query that throws cannot affect the next one.
 */
export class Ranker {
  readonly #index: PassageIndex
  readonly #weights: RankingWeights
  readonly #texts = new PassageTexts()
  readonly #marks = new QueryMarks()
  readonly #labels: LabelScorer
  readonly #reader: CandidateReader
  readonly #documents: DocumentScorer
  readonly #mentions: Mentions
  readonly #scores = new ScoreTable()
  readonly #candidates = new CandidateOrder()
  /** By candidate: what its score will probably be, up to a constant, before its text is read. */
  #promises = new Float64Array(0)

  constructor(index: PassageIndex, weights: RankingWeights) {
    this.#index = index
    this.#weights = weights
    this.#labels = new LabelScorer(index, weights, this.#marks)
    this.#reader = new CandidateReader(index, weights, this.#marks)
    this.#documents = new DocumentScorer(index, this.#marks)
    this.#mentions = new Mentions(index)
  }
  /**
   * Ranks the candidates, best first; equal scores in order of addition. Returns at most `wanted`.
   * Takes time proportional to the length of those that are read.
   */
  rank(plan: PlannedQuery, found: Candidates, wanted: number): RankedPassage[] {
    const candidates = this.#candidates
    const scores = this.#scores
    const { added } = this.#index
    const count = found.passages.length
    this.#marks.begin(plan.lookups, this.#index.vocabulary.slots)
    candidates.begin(found.passages)
    scores.begin(count)
    this.#scoreWithoutText(plan, found.scores)
    candidates.sort(this.#promises, added)
    this.#scoreTexts(plan)
    candidates.sort(scores.totals, added)
    return Array.from(candidates.order.subarray(0, Math.min(wanted, count)), candidate => ({
      passage: found.passages[candidate],
      score: scores.totals[candidate],
      parts: scores.partsOf(candidate),
    }))
  }

  #scoreWithoutText({ lookups }: PlannedQuery, words: Float64Array): void {
    const weights = this.#weights
    const scores = this.#scores
    const { passages, count } = this.#candidates
    this.#promises = withRoomFor(this.#promises, count)
    this.#texts.readLabels(this.#index.sequences, this.#candidates)
    this.#labels.score(lookups, this.#texts, count)
    this.#documents.score(lookups, passages, count, this.#texts, weights.page > 0)
    for (let i = 0; i < count; i++) {
      scores.set(i, WORDS, weights.words * words[i])
      scores.set(i, DOCUMENT, weights.document * this.#documents.words[i])
      scores.set(i, TITLE, this.#labels.scores[i])
      scores.set(i, PAGE, weights.page * this.#documents.pages[i])
      if (weights.mentions > 0) scores.set(i, MENTIONS, weights.mentions * this.#mentions.score(this.#index.owners[passages[i]]))
      scores.add(i)
      this.#promises[i] =
        scores.totals[i] + PROMISE_OF_WORDS * weights.words * words[i] + PROMISE_OF_TITLE * this.#labels.scores[i]
    }
  }

  #scoreTexts(plan: PlannedQuery): void {
    const weights = this.#weights
    const scores = this.#scores
    const chosen = this.#candidates.first(CANDIDATES_READ)
    this.#texts.read(this.#index.sequences, chosen)
    this.#reader.read(plan, chosen, this.#texts)
    for (let i = 0; i < chosen.count; i++) {
      const candidate = chosen.order[i]
      scores.set(candidate, PAIRS, weights.pairs * this.#reader.pairs[candidate])
      scores.set(candidate, GRAMS, weights.grams * this.#reader.grams[candidate])
      scores.set(candidate, SEGMENT, weights.segment * this.#reader.segments[candidate])
      scores.add(candidate)
    }
  }
}
