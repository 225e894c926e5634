import type { BlockLists } from '../index/block-lists.ts'
import { EXTENT, FIRST_KEY, LARGEST_VALUE, LAST_KEY, LEAST_COST, LENGTH, NEXT } from '../index/block-rows.ts'
import { costToLength } from '../index/passage-index.ts'
import { lowerBound } from '../index/typed-arrays.ts'
import type { LengthNorms } from '../word-score.ts'

/** A term counts as weak if its largest contribution is below 1/16 of the score needed. */
const SMALL_SHARE = 16
/** Factor that widens upper bounds by more than the rounding errors of the sums. */
export const ROUNDING = 1 + 1e-9

/** A query term's position in its posting list. */
export interface TermCursor {
  readonly list: number
  readonly factor: number
  /** The first block that may contain passages of the window; 0 at the end. */
  block: number
  /** Upper bound of the term's contribution to any passage of the window. */
  bound: number
}

/**
 * Moves a cursor to the window and computes its bound there. For a weak term, the term's overall
 * bound is used: computing a lower one would cost more than it saves.
 */
export function enterWindow(
  postings: BlockLists,
  norms: LengthNorms,
  cursor: TermCursor,
  start: number,
  end: number,
  threshold: number,
): void {
  const { blocks } = postings
  let block = cursor.block
  while (block !== 0 && blocks[block + LAST_KEY]! < start) block = blocks[block + NEXT]!
  cursor.block = block
  if (cursor.factor * SMALL_SHARE <= threshold || threshold === 0) {
    cursor.bound = block === 0 ? 0 : cursor.factor * ROUNDING
    return
  }
  let bound = 0
  while (block !== 0) {
    if (blocks[block + FIRST_KEY]! >= end) break
    const isInside = blocks[block + FIRST_KEY]! >= start || blocks[block + LAST_KEY]! < end
    if (isInside || reaches(postings, block, start, end)) {
      // f / (f + norm(l)) = 1 / (1 + norm(l) / f). Given l ≥ c · f, norm(c · f) / f falls as f
      // grows, so the largest f gives the bound.
      const frequency = blocks[block + LARGEST_VALUE]!
      const norm = norms.ofPassage(Math.floor(costToLength(blocks[block + LEAST_COST]!) * frequency))
      bound = Math.max(bound, (ROUNDING * frequency) / (frequency + norm))
    }
    if (blocks[block + LAST_KEY]! >= end) break
    block = blocks[block + NEXT]!
  }
  cursor.bound = bound * cursor.factor
}

/**
 * Returns whether a block that begins before the window and ends after it contains a passage of the
 * window.
 */
function reaches({ blocks, pool }: BlockLists, block: number, start: number, end: number): boolean {
  const extent = blocks[block + EXTENT]!
  const keys = pool.keys[extent >>> 16]!
  const first = extent & 0xffff
  return keys[lowerBound(keys, first, first + blocks[block + LENGTH]!, start)]! < end
}
