import { HEAD, LIST_ROW } from '../index/block-lists.ts'
import { EXTENT, LAST_KEY, LENGTH, NEXT } from '../index/block-rows.ts'
import type { PassageIndex } from '../index/passage-index.ts'
import { lowerBound, withRoomFor } from '../index/typed-arrays.ts'
import type { PassageFilter } from '../query/query-conditions.ts'
import { LengthNorms } from '../word-score.ts'
import type { Candidates } from './candidates.ts'
import { enterWindow, ROUNDING, type TermCursor } from './term-cursor.ts'
import { TopKHeap } from './top-k-heap.ts'

/** A term of a query that occurs in the index. */
export interface WeightedTerm {
  /** The term's number in the index. */
  readonly list: number
  /** Its weight times `termFactor`; above 0. */
  readonly factor: number
}

export interface CandidateSet {
  readonly best: Candidates
  /** How many passages got their full score. */
  readonly scored: number
}

/** Passages per window: their partial scores take 16 kB, which fits into the L1 cache. */
const WINDOW = 2048
/** Number of entries that can be scanned in the time of one lookup. */
const ENTRIES_PER_LOOKUP = 8

/**
 * By position in the window: partial scores, 0 for none; and the positions with a score. Cleared
 * when a search begins.
 */
const scores = new Float64Array(WINDOW)
const touched = new Uint16Array(WINDOW)

/**
 * The first stage: retrieves the passages with the highest word scores by block-max pruning. The
 * result equals that of scoring every passage, but most passages are never looked at. Passages are
 * processed in windows. In each window, every term has an upper bound from its blocks. Terms that
 * even together cannot lift a passage into the result are only looked up for passages that other
 * terms brought close. This is MaxScore (Turtle and Flood 1995) with the block bounds of Ding and
 * Suel (2011). A passage's contributions are always summed with the highest factor first, so its
 * score does not depend on what was pruned. Buffers are reused between queries.
 */
export class CandidateRetrieval {
  readonly #index: PassageIndex
  readonly #norms = new LengthNorms()
  readonly #top = new TopKHeap()
  /** At i: upper bound of the sum over the terms from the i-th on. */
  #remaining = new Float64Array(0)

  constructor(index: PassageIndex) {
    this.#index = index
  }

  /** Finds the `limit` best passages, at least one. */
  find(terms: readonly WeightedTerm[], limit: number, accept?: PassageFilter): CandidateSet {
    const index = this.#index
    const { postings } = index
    const norms = this.#norms.fit(index.meanLength)
    const top = this.#top
    const cursors = terms
      .map(({ list, factor }): TermCursor => ({ list, factor, block: postings.lists[list * LIST_ROW + HEAD]!, bound: 0 }))
      .sort((a, b) => b.factor - a.factor)
    scores.fill(0)
    top.begin(limit, index.added)
    this.#remaining = withRoomFor(this.#remaining, cursors.length + 1)
    const remaining = this.#remaining
    remaining[cursors.length] = 0
    let scored = 0

    for (let start = 0; start < index.slots; start += WINDOW) {
      const end = start + WINDOW
      const { threshold } = top
      for (let i = cursors.length - 1; i >= 0; i--) {
        enterWindow(postings, norms, cursors[i]!, start, end, threshold)
        remaining[i] = remaining[i + 1]! + cursors[i]!.bound
      }
      let count = 0
      for (let i = 0; i < cursors.length; i++) {
        if (remaining[i]! >= threshold) count = addList(index, norms, cursors[i]!, start, end, count)
        else {
          count = keepCompetitive(count, threshold - remaining[i]!)
          if (count === 0) break
          const entries = (postings.count(cursors[i]!.list) * WINDOW) / index.slots
          if (entries < ENTRIES_PER_LOOKUP * count) addToTouched(index, norms, cursors[i]!, start, end)
          else lookUp(index, norms, cursors[i]!, start, count)
        }
      }
      for (let j = 0; j < count; j++) {
        const passage = start + touched[j]!
        const score = scores[touched[j]!]!
        if (score >= top.threshold && (accept === undefined || accept(passage))) top.offer(passage, score)
        scores[touched[j]!] = 0
      }
      scored += count
    }
    return { best: top.drain(), scored }
  }
}

/**
 * Adds a term's contribution to all its passages in the window. Records passages without a score so
 * far; returns their count.
 */
function addList(
  index: PassageIndex,
  norms: LengthNorms,
  cursor: TermCursor,
  start: number,
  end: number,
  touchedBefore: number,
): number {
  const { blocks, pool } = index.postings
  const { lengths } = index
  const { factor } = cursor
  let count = touchedBefore
  for (let block = cursor.block; block !== 0; block = blocks[block + NEXT]!) {
    const extent = blocks[block + EXTENT]!
    const keys = pool.keys[extent >>> 16]!
    const values = pool.values[extent >>> 16]!
    const first = extent & 0xffff
    const past = first + blocks[block + LENGTH]!
    for (let i = keys[first]! >= start ? first : lowerBound(keys, first, past, start); i < past; i++) {
      const passage = keys[i]!
      if (passage >= end) return count
      const frequency = values[i]!
      const place = passage - start
      if (scores[place] === 0) touched[count++] = place
      scores[place]! += (factor * frequency) / (frequency + norms.ofPassage(lengths[passage]!))
    }
  }
  return count
}

/**
 * Keeps the passages with at least `needed`, up to rounding, and returns their count. Clears the
 * scores of the others.
 */
function keepCompetitive(count: number, needed: number): number {
  let kept = 0
  for (let j = 0; j < count; j++) {
    const place = touched[j]!
    if (scores[place]! * ROUNDING >= needed) touched[kept++] = place
    else scores[place] = 0
  }
  return kept
}

/**
 * Adds a term's contribution to the recorded passages of the window, by scanning the posting list.
 */
function addToTouched(
  index: PassageIndex,
  norms: LengthNorms,
  { block: from, factor }: TermCursor,
  start: number,
  end: number,
): void {
  const { blocks, pool } = index.postings
  const { lengths } = index
  for (let block = from; block !== 0; block = blocks[block + NEXT]!) {
    const extent = blocks[block + EXTENT]!
    const keys = pool.keys[extent >>> 16]!
    const values = pool.values[extent >>> 16]!
    const first = extent & 0xffff
    const past = first + blocks[block + LENGTH]!
    for (let i = keys[first]! >= start ? first : lowerBound(keys, first, past, start); i < past; i++) {
      const passage = keys[i]!
      if (passage >= end) return
      if (scores[passage - start] === 0) continue
      scores[passage - start]! += (factor * values[i]!) / (values[i]! + norms.ofPassage(lengths[passage]!))
    }
  }
}

/** Adds a term's contribution to the recorded passages of the window, by looking each one up. */
function lookUp(
  index: PassageIndex,
  norms: LengthNorms,
  { block: from, factor }: TermCursor,
  start: number,
  count: number,
): void {
  const { blocks, pool } = index.postings
  let block = from
  let previous = 0
  for (let j = 0; j < count; j++) {
    const passage = start + touched[j]!
    // The positions ascend in runs, one run for each term that recorded them.
    if (passage < previous) block = from
    previous = passage
    while (block !== 0 && blocks[block + LAST_KEY]! < passage) block = blocks[block + NEXT]!
    if (block === 0) continue
    const extent = blocks[block + EXTENT]!
    const keys = pool.keys[extent >>> 16]!
    const first = extent & 0xffff
    const at = lowerBound(keys, first, first + blocks[block + LENGTH]!, passage)
    if (keys[at] !== passage) continue
    const frequency = pool.values[extent >>> 16]![at]!
    scores[touched[j]!]! += (factor * frequency) / (frequency + norms.ofPassage(index.lengths[passage]!))
  }
}
