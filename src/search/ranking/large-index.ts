/**
 * In an index with more passages, fewer candidates are ranked, and passage similarity, which takes
 * a third of a search's time, is not computed. The benefit of both (bench/ablation.ts) has only
 * been measured on small collections.
 */
export const LARGE_INDEX_PASSAGES = 50_000

/** Number of candidates that are ranked in full. More take longer without better results. */
const CANDIDATES = 150
const LARGE_INDEX_CANDIDATES = 80

/** Whether an index of this size gets the cheaper ranking. */
export function isLargeIndex(passages: number): boolean {
  return passages > LARGE_INDEX_PASSAGES
}

/** Returns the number of candidates that are ranked in full. */
export function candidateCount(passages: number): number {
  return isLargeIndex(passages) ? LARGE_INDEX_CANDIDATES : CANDIDATES
}
