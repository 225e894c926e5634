import type { PassageIndex } from '../index/passage-index.ts'
import type { QueryMarks } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import type { ScoreParts } from '../search-engine.ts'
import { CandidateReader } from './candidate-reader.ts'
import { CandidateOrder, type Candidates } from './candidates.ts'
import { DocumentScorer } from './documents/document-scorer.ts'
import { Mentions } from './documents/mentions.ts'
import { LabelScorer } from './label-scorer.ts'
import type { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'
import { DOCUMENT, GRAMS, MENTIONS, PAGE, PAIRS, ScoreTable, SEGMENT, TITLE, WORDS } from './score-table.ts'

/** A passage with its final score. */
export interface RankedPassage {
  readonly passage: number
  readonly score: number
  readonly parts: ScoreParts
}

/** Candidates whose text is read. Of the others, the parts that depend on it score 0. */
const CANDIDATES_READ = 24

/**
 * The second stage: ranks the candidates, first by what needs no text, then the best of them by all
 * signals. Buffers are reused between queries. None is released at the end of a query: each clears
 * itself when the next query begins, so a query that throws cannot affect the next one.
 */
export class Ranker {
  readonly #index: PassageIndex
  readonly #weights: RankingWeights
  readonly #texts: PassageTexts
  readonly #labels: LabelScorer
  readonly #reader: CandidateReader
  readonly #documents: DocumentScorer
  readonly #mentions: Mentions
  readonly #scores = new ScoreTable()
  readonly #candidates = new CandidateOrder()

  /**
   * @param marks Those of the current query.
   * @param texts Without any passage when a query begins.
   */
  constructor(index: PassageIndex, weights: RankingWeights, marks: QueryMarks, texts: PassageTexts) {
    this.#index = index
    this.#weights = weights
    this.#texts = texts
    this.#labels = new LabelScorer(index, weights, marks)
    this.#reader = new CandidateReader(index, weights, marks)
    this.#documents = new DocumentScorer(index)
    this.#mentions = new Mentions(index)
  }

  /**
   * Ranks the first `count` candidates, best first; equal scores in order of addition. Returns at
   * most `wanted`.
   * Takes time proportional to the length of those that are read.
   */
  rank(plan: PlannedQuery, { passages, scores: words }: Candidates, count: number, wanted: number): RankedPassage[] {
    const candidates = this.#candidates
    const scores = this.#scores
    const { added } = this.#index
    candidates.begin(passages, count)
    scores.begin(count)
    this.#scoreWithoutText(plan, words)
    candidates.sort(scores.totals, added)
    this.#scoreTexts(plan)
    candidates.sort(scores.totals, added)
    const ranked: RankedPassage[] = []
    for (let rank = 0; rank < count && rank < wanted; rank++) {
      const candidate = candidates.order[rank]!
      ranked.push({ passage: passages[candidate]!, score: scores.totals[candidate]!, parts: scores.partsOf(candidate) })
    }
    return ranked
  }

  #scoreWithoutText({ lookups }: PlannedQuery, words: Float64Array): void {
    const weights = this.#weights
    const scores = this.#scores
    const { passages, count } = this.#candidates
    this.#documents.score(lookups, passages, count, weights.page > 0)
    for (let i = 0; i < count; i++) {
      scores.set(i, WORDS, weights.words * words[i]!)
      scores.set(i, DOCUMENT, weights.document * this.#documents.words[i]!)
      scores.set(i, PAGE, weights.page * this.#documents.pages[i]!)
      if (weights.mentions > 0)
        scores.set(i, MENTIONS, weights.mentions * this.#mentions.score(this.#index.owners[passages[i]!]!))
      scores.add(i)
    }
  }

  #scoreTexts(plan: PlannedQuery): void {
    const weights = this.#weights
    const scores = this.#scores
    const texts = this.#texts
    const { passages, order, count } = this.#candidates
    for (let rank = 0; rank < count && rank < CANDIDATES_READ; rank++) texts.read(passages[order[rank]!]!)
    this.#labels.score(plan.lookups, texts)
    this.#reader.read(plan, texts)
    for (let row = 0; row < texts.rows; row++) {
      const candidate = order[row]!
      scores.set(candidate, TITLE, this.#labels.scores[row]!)
      scores.set(candidate, PAIRS, weights.pairs * this.#reader.pairs[row]!)
      scores.set(candidate, GRAMS, weights.grams * this.#reader.grams[row]!)
      scores.set(candidate, SEGMENT, weights.segment * this.#reader.segments[row]!)
      scores.add(candidate)
    }
  }
}
