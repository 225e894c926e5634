/** What each part of the ranking counts; 0 leaves it out. */
export interface RankingWeights {
  readonly words: number
  readonly document: number
  readonly title: number
  /** Of the title besides, where it is a question. */
  readonly question: number
  readonly pairs: number
  readonly grams: number
  readonly unit: number
  readonly page: number
  readonly mentions: number
  readonly neighbours: number
  /** What a word counts that stands in for a misspelt one. */
  readonly spelling: number
}

/** One setting for every collection. bench/ablation.ts shows what each part brings. */
export const RANKING_WEIGHTS: RankingWeights = {
  words: 0.5,
  document: 0.5,
  title: 0.3,
  question: 0.4,
  pairs: 0.2,
  grams: 0.04,
  unit: 0.8,
  page: 0.5,
  mentions: 2,
  neighbours: 0.3,
  spelling: 0.8,
}

/**
 * In an index of more passages their likeness to one another is left out, which takes a third of a search's time, and fewer candidates are looked at
 * closely: what both bring (bench/ablation.ts) has been seen in small collections only.
 */
export const LARGE_INDEX_PASSAGES = 50_000

/** The words alone: what the index's lists give without a look at the passages. */
export const WORDS_ONLY: RankingWeights = {
  words: 1,
  document: 0,
  title: 0,
  question: 0,
  pairs: 0,
  grams: 0,
  unit: 0,
  page: 0,
  mentions: 0,
  neighbours: 0,
  spelling: 0,
}
