import { type BlockLists, HEAD, LIST_ROW } from '../index/block-lists.ts'
import { EXTENT, FIRST_KEY, LARGEST_VALUE, LAST_KEY, LEAST_COST, LENGTH, NEXT } from '../index/block-rows.ts'
import { costToLength, type PassageIndex } from '../index/passage-index.ts'
import { lowerBound } from '../index/typed-arrays.ts'
import { TopPassages } from './top-k-heap.ts'
import type { LengthNorms } from './word-score.ts'

/** A term of a query that stands in the index. */
export interface WeightedTerm {
  /** The term's number in the index. */
  readonly list: number
  /** Its weight times `termFactor`; above 0. */
  readonly factor: number
}

export interface FoundPassage {
  readonly passage: number
  readonly score: number
}

export interface BestPassages {
  /** Best first; equal scores in order of addition. */
  readonly best: readonly FoundPassage[]
  /** How many passages got their full score. */
  readonly scored: number
}

/** Passages scored together: their partial scores take 16 kB and stay in the processor's nearest cache. */
const WINDOW = 2048
/** A term whose share of the score needed is smaller than one in so many. */
const SMALL_SHARE = 16
/** Entries of a list that are read in the time in which one is looked up. */
const ENTRIES_A_LOOKUP = 8
/** Widens upper bounds by more than the rounding of the sums they are compared with. */
const ROUNDING = 1 + 1e-9

/** By place in the window: partial scores, 0 where there is none; and the places that have one. Cleared when a search begins, for one may break off. */
const scores = new Float64Array(WINDOW)
const touched = new Uint16Array(WINDOW)

/** One query term's way through its list. */
interface Cursor {
  readonly list: number
  readonly factor: number
  /** The first block that can reach into the window; 0 at the end. */
  block: number
  /** No passage of the window gets more from this term. */
  bound: number
}

/** Which passages may be found at all. */
export type Accept = (passage: number) => boolean

/**
 * Finds the `limit` passages with the highest scores for their words: exactly those that scoring every passage would find, with the same scores, yet most are
 * never looked at. The passages are taken window by window. In each, every term has an upper bound from its blocks' own; terms too weak even
 * together to lift a passage into the best are only looked up for passages that other terms brought near (MaxScore, Turtle and Flood 1995, with the bounds per block of
 * Ding and Suel 2011). A passage's parts are always added strongest term first, so its score does not depend on what was pruned.
 */
export function findBestPassages(
  index: PassageIndex,
  norms: LengthNorms,
  terms: readonly WeightedTerm[],
  limit: number,
  accept?: Accept,
): BestPassages {
  const { postings } = index
  scores.fill(0)
  const cursors = terms
    .map(({ list, factor }): Cursor => ({ list, factor, block: postings.lists[list * LIST_ROW + HEAD], bound: 0 }))
    .sort((a, b) => b.factor - a.factor)
  const top = new TopPassages(limit, index.added)
  /** At i: what the terms from the i-th on can add together. */
  const remaining = new Float64Array(cursors.length + 1)
  let scored = 0

  for (let start = 0; start < index.slots; start += WINDOW) {
    const end = start + WINDOW
    for (let i = cursors.length - 1; i >= 0; i--) {
      enterWindow(postings, norms, cursors[i], start, end, top.threshold)
      remaining[i] = remaining[i + 1] + cursors[i].bound
    }
    let count = 0
    for (let i = 0; i < cursors.length; i++) {
      if (remaining[i] >= top.threshold) count = addList(index, norms, cursors[i], start, end, count)
      else {
        count = keepHopeful(count, top.threshold - remaining[i])
        if (count === 0) break
        const entries = (postings.count(cursors[i].list) * WINDOW) / index.slots
        if (entries < ENTRIES_A_LOOKUP * count) addToTouched(index, norms, cursors[i], start, end)
        else lookUp(index, norms, cursors[i], start, count)
      }
    }
    for (let j = 0; j < count; j++) {
      const passage = start + touched[j]
      const score = scores[touched[j]]
      if (accept === undefined || (score >= top.threshold && accept(passage))) top.offer(passage, score)
      scores[touched[j]] = 0
    }
    scored += count
  }
  return { best: top.drain(), scored }
}

/**
 * Moves a cursor to the window and bounds what its term can add there. Of a term that can never add much, that much is the bound: finding a lower one
 * would cost more than it saves.
 */
function enterWindow(
  postings: BlockLists,
  norms: LengthNorms,
  cursor: Cursor,
  start: number,
  end: number,
  threshold: number,
): void {
  const { blocks } = postings
  let block = cursor.block
  while (block !== 0 && blocks[block + LAST_KEY] < start) block = blocks[block + NEXT]
  cursor.block = block
  if (cursor.factor * SMALL_SHARE <= threshold || threshold === 0) {
    cursor.bound = block === 0 ? 0 : cursor.factor * ROUNDING
    return
  }
  let bound = 0
  while (block !== 0) {
    if (blocks[block + FIRST_KEY] >= end) break
    const isInside = blocks[block + FIRST_KEY] >= start || blocks[block + LAST_KEY] < end
    if (isInside || reaches(postings, block, start, end)) {
      // f / (f + norm(l)) is 1 / (1 + norm(l) / f). With l no less than c · f, norm(c · f) / f falls as f grows: it is least for the largest f.
      const frequency = blocks[block + LARGEST_VALUE]
      const norm = norms.of(Math.floor(costToLength(blocks[block + LEAST_COST]) * frequency))
      bound = Math.max(bound, (ROUNDING * frequency) / (frequency + norm))
    }
    if (blocks[block + LAST_KEY] >= end) break
    block = blocks[block + NEXT]
  }
  cursor.bound = bound * cursor.factor
}

/** Whether a block that begins before the window and ends behind it has a passage of it: it may jump over it. */
function reaches({ blocks, pool }: BlockLists, block: number, start: number, end: number): boolean {
  const extent = blocks[block + EXTENT]
  const keys = pool.keys[extent >>> 16]
  const first = extent & 0xffff
  return keys[lowerBound(keys, first, first + blocks[block + LENGTH], start)] < end
}

/** Adds a term's part to every passage of the window it stands in, notes those that had none yet, and gives their number. */
function addList(
  index: PassageIndex,
  norms: LengthNorms,
  cursor: Cursor,
  start: number,
  end: number,
  touchedBefore: number,
): number {
  const { blocks, pool } = index.postings
  const { lengths } = index
  const { factor } = cursor
  let count = touchedBefore
  for (let block = cursor.block; block !== 0; block = blocks[block + NEXT]) {
    const extent = blocks[block + EXTENT]
    const keys = pool.keys[extent >>> 16]
    const values = pool.values[extent >>> 16]
    const first = extent & 0xffff
    const past = first + blocks[block + LENGTH]
    for (let i = keys[first] >= start ? first : lowerBound(keys, first, past, start); i < past; i++) {
      const passage = keys[i]
      if (passage >= end) return count
      const frequency = values[i]
      const place = passage - start
      if (scores[place] === 0) touched[count++] = place
      scores[place] += (factor * frequency) / (frequency + norms.of(lengths[passage]))
    }
  }
  return count
}

/** Keeps the passages that have at least `needed`, up to rounding, and gives their number; clears the scores of the others. */
function keepHopeful(count: number, needed: number): number {
  let kept = 0
  for (let j = 0; j < count; j++) {
    const place = touched[j]
    if (scores[place] * ROUNDING >= needed) touched[kept++] = place
    else scores[place] = 0
  }
  return kept
}

/** Adds a term's part to those passages of the window that others have touched, reading all of its entries there. */
function addToTouched(
  index: PassageIndex,
  norms: LengthNorms,
  { block: from, factor }: Cursor,
  start: number,
  end: number,
): void {
  const { blocks, pool } = index.postings
  const { lengths } = index
  for (let block = from; block !== 0; block = blocks[block + NEXT]) {
    const extent = blocks[block + EXTENT]
    const keys = pool.keys[extent >>> 16]
    const values = pool.values[extent >>> 16]
    const first = extent & 0xffff
    const past = first + blocks[block + LENGTH]
    for (let i = keys[first] >= start ? first : lowerBound(keys, first, past, start); i < past; i++) {
      const passage = keys[i]
      if (passage >= end) return
      if (scores[passage - start] === 0) continue
      scores[passage - start] += (factor * values[i]) / (values[i] + norms.of(lengths[passage]))
    }
  }
}

/** The same, looking each of the passages up. */
function lookUp(index: PassageIndex, norms: LengthNorms, { block: from, factor }: Cursor, start: number, count: number): void {
  const { blocks, pool } = index.postings
  let block = from
  let previous = 0
  for (let j = 0; j < count; j++) {
    const passage = start + touched[j]
    // They ascend in runs, one for each term that touched them.
    if (passage < previous) block = from
    previous = passage
    while (block !== 0 && blocks[block + LAST_KEY] < passage) block = blocks[block + NEXT]
    if (block === 0) continue
    const extent = blocks[block + EXTENT]
    const keys = pool.keys[extent >>> 16]
    const first = extent & 0xffff
    const at = lowerBound(keys, first, first + blocks[block + LENGTH], passage)
    if (keys[at] !== passage) continue
    const frequency = pool.values[extent >>> 16][at]
    scores[touched[j]] += (factor * frequency) / (frequency + norms.of(index.lengths[passage]))
  }
}
