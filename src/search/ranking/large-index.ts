/**
 * In an index with more passages, passage similarity, which takes a sixth of a search's time, is
 * not computed. Its benefit (bench/ablation.ts) has only been measured on small collections.
 */
export const LARGE_INDEX_PASSAGES = 50_000

/** Whether an index of this size gets the cheaper ranking. */
export function isLargeIndex(passages: number): boolean {
  return passages > LARGE_INDEX_PASSAGES
}
