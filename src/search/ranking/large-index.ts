import type { Log } from '../../logging/log.ts'

/**
 * In an index with more passages, passage similarity, which takes a sixth of a search's time, is
 * not computed. Its benefit (bench/ablation.ts) has only been measured on small collections.
 */
const LARGE_INDEX_PASSAGES = 50_000

/** Whether an index of this size gets the cheaper ranking. */
export function isLargeIndex(passages: number): boolean {
  return passages > LARGE_INDEX_PASSAGES
}

/**
 * Creates a function that logs when the index becomes large, or small again, given its number of
 * passages.
 */
export function createSizeLog(log?: Log): (passages: number) => void {
  let isLarge = false
  return passages => {
    if (isLargeIndex(passages) === isLarge) return
    isLarge = !isLarge
    log?.info(
      { function: 'sync', passages, limit: LARGE_INDEX_PASSAGES },
      isLarge
        ? 'Search index large: ranking without passage similarity'
        : 'Search index no longer large: ranking with passage similarity again',
    )
  }
}
