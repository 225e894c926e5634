import { type EntryPool, LARGEST_EXTENT, SMALLEST_EXTENT } from './entry-pool.ts'
import type { IndexMemory } from './index-memory.ts'

/**
 * Numbers that describe one block in `rows`. A block is identified by the offset of its row. Row 0
 * is unused, so 0 means "no block".
 */
export const BLOCK_ROW = 8
/** Address of the block's entries in the pool. */
export const EXTENT = 0
export const CAPACITY = 1
export const LENGTH = 2
export const NEXT = 3
export const LAST_KEY = 4
/** Upper bound of the values in the block. */
export const LARGEST_VALUE = 5
/** Lower bound of the costs in the block. */
export const LEAST_COST = 6
/** A copy of the first key: skipping the block does not have to read its entries. */
export const FIRST_KEY = 7

/**
 * Blocks of a long list are allocated in runs of this many adjacent rows with adjacent entries, so
 * that a scan waits for memory once per run instead of once per block. Unused rows of a run have
 * capacity but no entries, and hold the list in place of their last key.
 */
const RUN_BLOCKS = 16
/** Lists with fewer entries allocate blocks one at a time. */
export const LONG_LIST = RUN_BLOCKS * LARGEST_EXTENT

const [USED, FREE] = [0, 1]

/**
 * The rows of the blocks of several lists, each with its entries in the pool. Released rows are
 * reused first.
 */
export class BlockRows {
  rows: Uint32Array
  readonly #memory: IndexMemory
  readonly #name: string
  readonly #pool: EntryPool
  /** The rows after row 0 that were ever used, and the first released one, or 0. */
  readonly #counters: Uint32Array

  constructor(memory: IndexMemory, name: string, pool: EntryPool) {
    this.#memory = memory
    this.#name = `${name}.blocks`
    this.#pool = pool
    this.rows = memory.open(this.#name, Uint32Array, BLOCK_ROW)
    this.#counters = memory.open(`${name}.counters`, Uint32Array, 2)
  }

  /** The number of rows that were ever used. */
  get used(): number {
    return this.#counters[USED]! + 1
  }

  /**
   * Allocates a row for a block of a list: the next reserved row of the list's run, or else a
   * released row, or else a new one.
   * @param before The block that precedes the new one; 0 if it is the first.
   * @param inRun Whether a new row starts a new run.
   */
  take(list: number, before: number, inRun: boolean): number {
    if (before !== 0 && this.#isReserved(before + BLOCK_ROW, list)) return before + BLOCK_ROW
    const freed = this.#counters[FREE]!
    if (freed !== 0) {
      this.#counters[FREE] = this.rows[freed + NEXT]!
      return this.#open(freed, SMALLEST_EXTENT, list)
    }
    const block = this.used * BLOCK_ROW
    this.#counters[USED]! += inRun ? RUN_BLOCKS : 1
    this.rows = this.#memory.withRoom(this.#name, this.rows, this.used * BLOCK_ROW)
    if (!inRun) return this.#open(block, SMALLEST_EXTENT, list)
    for (let i = 0; i < RUN_BLOCKS; i++) this.#open(block + i * BLOCK_ROW, LARGEST_EXTENT, list)
    return block
  }

  /** Releases a list's empty block and the reserved rows behind it in its run. */
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
    if (block >= this.used * BLOCK_ROW) return false
    return rows[block + LENGTH] === 0 && rows[block + CAPACITY] !== 0 && rows[block + LAST_KEY] === list
  }

  #giveBack(block: number): void {
    const { rows } = this
    this.#pool.giveBack(rows[block + EXTENT]!, rows[block + CAPACITY]!)
    rows[block + CAPACITY] = 0
    rows[block + NEXT] = this.#counters[FREE]!
    this.#counters[FREE] = block
  }
}
