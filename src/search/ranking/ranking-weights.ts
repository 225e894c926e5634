/** Weights of the parts of the ranking; 0 disables a part. */
export interface RankingWeights {
  readonly words: number
  readonly document: number
  readonly title: number
  /** Added to `title` if the title is a question. */
  readonly question: number
  readonly pairs: number
  readonly grams: number
  readonly segment: number
  readonly page: number
  readonly mentions: number
  /** Weight of a term that replaces a misspelt word. */
  readonly spelling: number
}

/** The same weights for all collections. bench/ablation.ts measures each part. */
export const RANKING_WEIGHTS: RankingWeights = {
  words: 0.5,
  document: 0.5,
  title: 0.3,
  question: 0.4,
  pairs: 0.2,
  grams: 0.04,
  segment: 0.8,
  page: 0.5,
  mentions: 2,
  spelling: 0.8,
}

/** The words alone: what the first stage computes. */
export const WORDS_ONLY: RankingWeights = {
  words: 1,
  document: 0,
  title: 0,
  question: 0,
  pairs: 0,
  grams: 0,
  segment: 0,
  page: 0,
  mentions: 0,
  spelling: 0,
}
