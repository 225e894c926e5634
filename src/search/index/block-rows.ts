import { type EntryPool, LARGEST_EXTENT, SMALLEST_EXTENT } from './entry-pool.ts'
import { withRoomFor } from './typed-arrays.ts'

/** A block's row in `blocks`; a block is named by where its row begins. Row 0 is no block, so that 0 can say "none". */
export const BLOCK_ROW = 8
/** Address of the block's extent in the pool. */
export const EXTENT = 0
export const CAPACITY = 1
export const LENGTH = 2
export const NEXT = 3
export const LAST_KEY = 4
/** No value in the block is larger. */
export const LARGEST_VALUE = 5
/** No entry's cost is smaller. */
export const LEAST_COST = 6
/** Kept here too, so that a block can be passed over without a look at its entries. */
export const FIRST_KEY = 7

/**
 * Blocks of a long list lie side by side in runs of so many, with their entries: who goes along the list waits for memory once a run instead of at each
 * block. Rows of a run that are not in use yet have room but no entries, and name the list in the place of their last key.
 */
const RUN_BLOCKS = 16
/** A list with fewer entries takes its blocks one by one. */
export const LONG_LIST = RUN_BLOCKS * LARGEST_EXTENT

/** The rows of blocks as plain values, to be stored and loaded; the array is their own, no copy. */
export interface RowsContent {
  readonly blocks: Uint32Array
  readonly blocksUsed: number
  readonly freeBlock: number
}

/** The rows of all blocks of some lists, each with its extent in the pool. What is given back is used again before more is taken. */
export class BlockRows {
  rows: Uint32Array
  readonly #pool: EntryPool
  #used: number
  #free: number

  constructor(pool: EntryPool, content?: RowsContent) {
    this.#pool = pool
    this.rows = content?.blocks ?? new Uint32Array(BLOCK_ROW)
    this.#used = content?.blocksUsed ?? 1
    this.#free = content?.freeBlock ?? 0
  }

  get content(): RowsContent {
    return { blocks: this.rows, blocksUsed: this.#used, freeBlock: this.#free }
  }

  /**
   * A row with room for a list's block behind another one, 0 for none: the next row of the list's run, else one that was given back, else a new one,
   * with `inRun` the first of a new run.
   */
  take(list: number, before: number, inRun: boolean): number {
    if (before !== 0 && this.#isReserved(before + BLOCK_ROW, list)) return before + BLOCK_ROW
    const freed = this.#free
    if (freed !== 0) {
      this.#free = this.rows[freed + NEXT]
      return this.#open(freed, SMALLEST_EXTENT, list)
    }
    const block = this.#used * BLOCK_ROW
    this.#used += inRun ? RUN_BLOCKS : 1
    this.rows = withRoomFor(this.rows, this.#used * BLOCK_ROW)
    if (!inRun) return this.#open(block, SMALLEST_EXTENT, list)
    for (let i = 0; i < RUN_BLOCKS; i++) this.#open(block + i * BLOCK_ROW, LARGEST_EXTENT, list)
    return block
  }

  /** Gives a list's empty block back, and what its run has left behind it. */
  release(block: number, list: number): void {
    this.#giveBack(block)
    for (let reserved = block + BLOCK_ROW; this.#isReserved(reserved, list); reserved += BLOCK_ROW) this.#giveBack(reserved)
  }

  #open(block: number, capacity: number, list: number): number {
    this.rows.set([this.#pool.take(capacity), capacity, 0, 0, list], block)
    return block
  }

  #isReserved(block: number, list: number): boolean {
    const { rows } = this
    if (block >= this.#used * BLOCK_ROW) return false
    return rows[block + LENGTH] === 0 && rows[block + CAPACITY] !== 0 && rows[block + LAST_KEY] === list
  }

  #giveBack(block: number): void {
    const { rows } = this
    this.#pool.giveBack(rows[block + EXTENT], rows[block + CAPACITY])
    rows[block + CAPACITY] = 0
    rows[block + NEXT] = this.#free
    this.#free = block
  }
}
