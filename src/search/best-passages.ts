import { type BlockLists, EXTENT, HEAD, LARGEST_VALUE, LAST_KEY, LEAST_COST, LENGTH, LIST_ROW, NEXT } from './block-lists.ts'
import { K1, type Saturation, saturation } from './bm25.ts'
import { costToLength, type PassageIndex } from './passage-index.ts'
import { TopPassages } from './top-passages.ts'
import { lowerBound } from './typed-arrays.ts'

/** A term of a query that stands in the index. */
export interface WeightedTerm {
  /** The term's number in the index. */
  readonly list: number
  /** Its weight times its idf; above 0. */
  readonly factor: number
}

export interface BestPassages {
  /** Best first; equal scores in order of addition. */
  readonly best: readonly { readonly passage: number; readonly score: number }[]
  /** How many passages got their full score. */
  readonly scored: number
}

/** Passages scored together: their partial scores take 16 kB and stay in the processor's nearest cache. */
const WINDOW = 2048
/** Widens upper bounds by more than the rounding of the sums they are compared with. */
const ROUNDING = 1 + 1e-9

/** One query term's way through its list. */
interface Cursor {
  readonly list: number
  readonly factor: number
  /** The first block that can reach into the window; 0 at the end. */
  block: number
  /** No passage of the window gets more from this term. */
  bound: number
}

/**
 * Finds the `limit` passages with the highest BM25 scores: exactly those that scoring every passage would find, with the same scores, yet most are
 * never looked at. The passages are taken window by window. In each, every term has an upper bound from its blocks' own; terms too weak even
 * together to lift a passage into the best are only looked up for passages that other terms brought near (MaxScore, Turtle and Flood 1995, with the bounds per block of
 * Ding and Suel 2011). A passage's parts are always added strongest term first, so its score does not depend on what was pruned.
 */
export function findBestPassages(index: PassageIndex, terms: readonly WeightedTerm[], limit: number): BestPassages {
  const { postings } = index
  const shape = saturation(index.meanLength)
  const cursors = terms
    .map(
      ({ list, factor }): Cursor => ({
        list,
        factor: factor * (K1 + 1),
        block: postings.lists[list * LIST_ROW + HEAD],
        bound: 0,
      }),
    )
    .sort((a, b) => b.factor - a.factor)
  const top = new TopPassages(limit, index.added)
  const scores = new Float64Array(WINDOW)
  const touched = new Uint16Array(WINDOW)
  /** At i: what the terms from the i-th on can add together. */
  const remaining = new Float64Array(cursors.length + 1)
  let scored = 0

  for (let start = 0; start < index.slots; start += WINDOW) {
    const end = start + WINDOW
    for (let i = cursors.length - 1; i >= 0; i--) {
      enterWindow(postings, shape, cursors[i], start, end)
      remaining[i] = remaining[i + 1] + cursors[i].bound
    }
    let count = 0
    for (let i = 0; i < cursors.length; i++) {
      if (remaining[i] >= top.threshold) count = addList(index, shape, cursors[i], start, end, scores, touched, count)
      else {
        count = keepHopeful(scores, touched, count, top.threshold - remaining[i])
        if (count === 0) break
        for (let j = 0; j < count; j++) {
          const frequency = frequencyIn(postings, cursors[i].block, start + touched[j])
          if (frequency > 0) scores[touched[j]] += part(index, shape, cursors[i].factor, start + touched[j], frequency)
        }
      }
    }
    for (let j = 0; j < count; j++) {
      top.offer(start + touched[j], scores[touched[j]])
      scores[touched[j]] = 0
    }
    scored += count
  }
  return { best: top.drain(), scored }
}

/** Moves a cursor to the window and bounds what its term can add there. */
function enterWindow(postings: BlockLists, shape: Saturation, cursor: Cursor, start: number, end: number): void {
  const { blocks, pool } = postings
  let block = cursor.block
  while (block !== 0 && blocks[block + LAST_KEY] < start) block = blocks[block + NEXT]
  cursor.block = block
  let bound = 0
  while (block !== 0) {
    const extent = blocks[block + EXTENT]
    const keys = pool.keys[extent >>> 16]
    const first = extent & 0xffff
    const key = keys[first]
    if (key >= end) break
    // A block that begins before the window may jump over it.
    if (key >= start || keys[lowerBound(keys, first, first + blocks[block + LENGTH], start)] < end) {
      // f / (f + base + slope · l) = 1 / (1 + base / f + slope · l / f), largest where f is and where l / f is least.
      const divisor = 1 + shape.base / blocks[block + LARGEST_VALUE] + shape.slope * costToLength(blocks[block + LEAST_COST])
      bound = Math.max(bound, ROUNDING / divisor)
    }
    if (blocks[block + LAST_KEY] >= end) break
    block = blocks[block + NEXT]
  }
  cursor.bound = bound * cursor.factor
}

/** Adds a term's part to every passage of the window it stands in, notes those that had none yet, and gives their number. */
function addList(
  index: PassageIndex,
  shape: Saturation,
  cursor: Cursor,
  start: number,
  end: number,
  scores: Float64Array,
  touched: Uint16Array,
  touchedBefore: number,
): number {
  const { blocks, pool } = index.postings
  const { lengths } = index
  const { base, slope } = shape
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
      scores[place] += (factor * frequency) / (frequency + base + slope * lengths[passage])
    }
  }
  return count
}

/** Keeps the passages that have at least `needed`, up to rounding, and gives their number; clears the scores of the others. */
function keepHopeful(scores: Float64Array, touched: Uint16Array, count: number, needed: number): number {
  let kept = 0
  for (let j = 0; j < count; j++) {
    const place = touched[j]
    if (scores[place] * ROUNDING >= needed) touched[kept++] = place
    else scores[place] = 0
  }
  return kept
}

/** A term's frequency in a passage, from a block at or before it on; 0 where it does not stand there. */
function frequencyIn(postings: BlockLists, from: number, passage: number): number {
  const { blocks, pool } = postings
  let block = from
  while (block !== 0 && blocks[block + LAST_KEY] < passage) block = blocks[block + NEXT]
  if (block === 0) return 0
  const extent = blocks[block + EXTENT]
  const keys = pool.keys[extent >>> 16]
  const first = extent & 0xffff
  const at = lowerBound(keys, first, first + blocks[block + LENGTH], passage)
  return keys[at] === passage ? pool.values[extent >>> 16][at] : 0
}

function part(index: PassageIndex, shape: Saturation, factor: number, passage: number, frequency: number): number {
  return (factor * frequency) / (frequency + shape.base + shape.slope * index.lengths[passage])
}
