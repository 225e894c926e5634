import type { PassageIndex } from '../index/passage-index.ts'
import { QueryMarks } from '../query/query-marks.ts'
import type { PlannedQuery } from '../query/query-terms.ts'
import type { ScoreParts } from '../search-engine.ts'
import { CandidateReader } from './candidate-reader.ts'
import type { Candidate } from './candidate-retrieval.ts'
import { DocumentScorer } from './document-scorer.ts'
import { isLargeIndex } from './large-index.ts'
import { Mentions } from './mentions.ts'
import { Neighbours } from './neighbours.ts'
import { PassageTexts } from './passage-texts.ts'
import type { RankingWeights } from './ranking-weights.ts'

/** A passage with its final score. */
export interface RankedPassage {
  readonly passage: number
  readonly score: number
  readonly parts: ScoreParts
}

/**
 * The second stage: ranks the candidates by all signals. Buffers are reused between queries. None
 * is released at the end of a query: each clears itself when the next query begins, so a query that
 * throws cannot affect the next one.
 */
export class Ranker {
  readonly #index: PassageIndex
  readonly #weights: RankingWeights
  readonly #texts = new PassageTexts()
  readonly #marks = new QueryMarks()
  readonly #reader: CandidateReader
  readonly #documents: DocumentScorer
  readonly #mentions: Mentions
  readonly #neighbours: Neighbours

  constructor(index: PassageIndex, weights: RankingWeights) {
    this.#index = index
    this.#weights = weights
    this.#reader = new CandidateReader(index, weights, this.#marks)
    this.#documents = new DocumentScorer(index, this.#marks)
    this.#mentions = new Mentions(index)
    this.#neighbours = new Neighbours(index)
  }

  /**
   * Ranks the candidates, best first; equal scores in order of addition. Takes time proportional to
   * their total length.
   */
  rank(plan: PlannedQuery, candidates: readonly Candidate[]): RankedPassage[] {
    const weights = this.#weights
    this.#texts.read(this.#index.sequences, candidates)
    this.#marks.begin(plan.lookups, this.#index.vocabulary.slots)
    this.#documents.begin(plan)
    const scores = this.#reader.read(plan, candidates, this.#texts, this.#documents)
    const documents = this.#documents.finish(candidates, weights.page > 0)
    const ranked = candidates.map(({ passage, score: words }, i) => {
      const { title, pairs, grams, segment } = scores[i]
      return withScore(passage, {
        words: weights.words * words,
        document: weights.document * documents[i].words,
        title,
        pairs: weights.pairs * pairs,
        grams: weights.grams * grams,
        segment: weights.segment * segment,
        page: weights.page * documents[i].page,
        mentions: weights.mentions > 0 ? weights.mentions * this.#mentions.score(this.#index.owners[passage]) : 0,
        neighbours: 0,
      })
    })
    ranked.sort(this.#better)
    return weights.neighbours > 0 && !isLargeIndex(this.#index.passageCount) ? this.#withNeighbours(ranked) : ranked
  }

  #withNeighbours(ranked: readonly RankedPassage[]): RankedPassage[] {
    const scores = this.#neighbours.scores(ranked)
    return ranked
      .map((found, i) =>
        i < scores.length
          ? withScore(found.passage, { ...found.parts, neighbours: this.#weights.neighbours * scores[i] })
          : found,
      )
      .sort(this.#better)
  }

  readonly #better = (a: RankedPassage, b: RankedPassage): number =>
    b.score - a.score || this.#index.added[a.passage] - this.#index.added[b.passage]
}

function withScore(passage: number, parts: ScoreParts): RankedPassage {
  const { words, document, title, pairs, grams, segment, page, mentions, neighbours } = parts
  return { passage, parts, score: words + document + title + pairs + grams + segment + page + mentions + neighbours }
}
