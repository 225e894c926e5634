/** Quality measures of one query, each 0–1. */
export interface Measures {
  /**
   * Normalized discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002), gains
   * linear in the grade.
   */
  readonly ndcg_at_10: number
  /** Share of the relevant documents among the first ten. */
  readonly recall_at_10: number
  readonly recall_at_100: number
  /** 1 ÷ rank of the first relevant document among the first ten; 0 if there is none. */
  readonly mrr_at_10: number
  /** Whether the first document is relevant. */
  readonly success_at_1: number
}

export type MeasureName = keyof Measures
export const MEASURES: readonly MeasureName[] = ['ndcg_at_10', 'recall_at_10', 'recall_at_100', 'mrr_at_10', 'success_at_1']

/**
 * Measures a ranking, best document first and without duplicates. At least one grade has to be
 * above 0.
 */
export function measure(ranking: readonly string[], grades: ReadonlyMap<string, number>): Measures {
  const gains = ranking.map(id => Math.max(0, grades.get(id) ?? 0))
  const ideal = [...grades.values()].filter(grade => grade > 0).sort((a, b) => b - a)
  const found = (depth: number) => gains.slice(0, depth).filter(gain => gain > 0).length
  const first = gains.slice(0, 10).findIndex(gain => gain > 0)
  return {
    ndcg_at_10: discounted(gains) / discounted(ideal),
    recall_at_10: found(10) / ideal.length,
    recall_at_100: found(100) / ideal.length,
    mrr_at_10: first === -1 ? 0 : 1 / (first + 1),
    success_at_1: first === 0 ? 1 : 0,
  }
}

/**
 * Area under the receiver operating characteristic (AUROC): the probability that an answerable
 * question has a higher confidence than an unanswerable one; ties count half (Mann and Whitney
 * 1947). 0.5 is chance. Cost: n log n.
 */
export function areaUnderCurve(answerable: readonly number[], unanswerable: readonly number[]): number {
  const all = [...answerable.map(value => ({ value, wins: 1 })), ...unanswerable.map(value => ({ value, wins: 0 }))]
  all.sort((a, b) => a.value - b.value)
  let rankSum = 0
  for (let start = 0, end = 0; start < all.length; start = end) {
    let wins = 0
    for (end = start; end < all.length && all[end]!.value === all[start]!.value; end++) wins += all[end]!.wins
    rankSum += wins * ((start + 1 + end) / 2)
  }
  const n = answerable.length
  return (rankSum - (n * (n + 1)) / 2) / (n * unanswerable.length)
}

/** Precision and recall of answering at a threshold. */
export interface ThresholdPoint {
  readonly threshold: number
  readonly precision: number
  readonly recall: number
}

/**
 * Computes precision and recall of answering for each threshold. Precision is 1 if nothing is
 * answered.
 */
export function abstentionCurve(
  answerable: readonly number[],
  unanswerable: readonly number[],
  thresholds: readonly number[],
): readonly ThresholdPoint[] {
  return thresholds.map(threshold => {
    const passes = (confidence: number) => confidence >= threshold
    const right = answerable.filter(passes).length
    const wrong = unanswerable.filter(passes).length
    return { threshold, precision: right + wrong === 0 ? 1 : right / (right + wrong), recall: right / answerable.length }
  })
}

function discounted(gains: readonly number[]): number {
  return gains.slice(0, 10).reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0)
}
