import {
  BlockRows,
  CAPACITY,
  EXTENT,
  FIRST_KEY,
  LARGEST_VALUE,
  LAST_KEY,
  LEAST_COST,
  LENGTH,
  LONG_LIST,
  NEXT,
} from './block-rows.ts'
import { EntryPool, LARGEST_EXTENT, SMALLEST_EXTENT } from './entry-pool.ts'
import type { IndexMemory } from './index-memory.ts'
import { lowerBound } from './typed-arrays.ts'

/**
 * Numbers that describe one list in `lists`: the offsets of its first and last block, and its entry
 * count.
 */
export const LIST_ROW = 3
export const HEAD = 0
const TAIL = 1
const COUNT = 2

/**
 * Many sorted lists of entries (key, value), stored in a few flat arrays. Each list is a chain of
 * blocks of up to 128 entries (an unrolled linked list). A list with one entry takes little memory,
 * and a search can skip whole blocks of a long list. Appending takes constant time; inserting
 * elsewhere and removing walk along the chain. Memory of removed entries is reused. Each block
 * stores bounds of its entries, which searches use for pruning; they stay valid through every
 * change.
 */
export class BlockLists {
  readonly pool: EntryPool
  lists: Uint32Array
  readonly #memory: IndexMemory
  readonly #name: string
  readonly #rows: BlockRows
  readonly #costOf: (key: number, value: number) => number

  /**
   * @param name Of the lists in this memory.
   * @param costOf Returns an entry's cost, an integer below 2³². Each block stores the lowest cost
   * of its entries. The cost must not change while the entry is in a list.
   */
  constructor(memory: IndexMemory, name: string, costOf: (key: number, value: number) => number = () => 0) {
    this.#memory = memory
    this.#name = `${name}.lists`
    this.#costOf = costOf
    this.pool = new EntryPool(memory, name)
    this.lists = memory.open(this.#name, Uint32Array, LIST_ROW)
    this.#rows = new BlockRows(memory, name, this.pool)
  }

  get blocks(): Uint32Array {
    return this.#rows.rows
  }

  /** The memory that was ever used, in entries and block rows. */
  get used(): number {
    return this.pool.used + this.#rows.used
  }

  count(list: number): number {
    return this.lists[list * LIST_ROW + COUNT] ?? 0
  }

  /** Calls `visit` with each key of the list, in ascending order. */
  forEachKey(list: number, visit: (key: number) => void): void {
    for (let block = this.lists[list * LIST_ROW + HEAD] ?? 0; block !== 0; block = this.blocks[block + NEXT]!) {
      const extent = this.blocks[block + EXTENT]!
      const keys = this.pool.keys[extent >>> 16]!
      const first = extent & 0xffff
      const end = first + this.blocks[block + LENGTH]!
      for (let i = first; i < end; i++) visit(keys[i]!)
    }
  }

  /** Adds an entry. The list must not contain the key yet. */
  insert(list: number, key: number, value: number): void {
    const row = list * LIST_ROW
    this.lists = this.#memory.withRoom(this.#name, this.lists, row + LIST_ROW)
    let block = this.#blockFor(row, key)
    if (block === 0) block = this.#append(row, 0)
    else if (this.blocks[block + LENGTH] === LARGEST_EXTENT) block = this.#split(row, block, key)
    else if (this.blocks[block + LENGTH] === this.blocks[block + CAPACITY])
      this.#resize(block, 2 * this.blocks[block + CAPACITY]!)

    const { blocks, pool } = this
    const place = this.#placeOf(block, key)
    const extent = blocks[block + EXTENT]!
    const keys = pool.keys[extent >>> 16]!
    const values = pool.values[extent >>> 16]!
    const at = (extent & 0xffff) + place
    const end = (extent & 0xffff) + blocks[block + LENGTH]!
    pool.moveUp(extent + place, blocks[block + LENGTH]! - place)
    keys[at] = key
    values[at] = value
    blocks[block + LENGTH]!++
    blocks[block + LAST_KEY] = keys[end]!
    blocks[block + FIRST_KEY] = keys[extent & 0xffff]!
    blocks[block + LARGEST_VALUE] = Math.max(blocks[block + LARGEST_VALUE]!, value)
    blocks[block + LEAST_COST] = Math.min(blocks[block + LEAST_COST]!, this.#costOf(key, value))
    this.lists[row + COUNT]!++
  }

  /** Removes an entry. Throws if the list does not contain the key. */
  remove(list: number, key: number): void {
    const { lists, blocks, pool } = this
    const row = list * LIST_ROW
    let before = 0
    let block = lists[row + HEAD]!
    while (block !== 0 && blocks[block + LAST_KEY]! < key) {
      before = block
      block = blocks[block + NEXT]!
    }
    const extent = blocks[block + EXTENT]!
    const place = this.#placeOf(block, key)
    if (block === 0 || pool.keys[extent >>> 16]![(extent & 0xffff) + place] !== key)
      throw new Error(`list ${list} has no entry ${key}`)
    pool.copy(extent + place + 1, extent + place, blocks[block + LENGTH]! - place - 1)
    blocks[block + LENGTH]!--
    lists[row + COUNT]!--
    if (blocks[block + LENGTH] === 0) this.#unlink(row, before, block)
    else {
      this.#shrink(row, block)
      this.#measure(block)
    }
  }

  /**
   * Returns the first block whose last key is at or above `key`, or else the last block; 0 if the
   * list is empty.
   */
  #blockFor(row: number, key: number): number {
    const { lists, blocks } = this
    const tail = lists[row + TAIL]!
    if (tail === 0 || key > blocks[tail + LAST_KEY]!) return tail
    let block = lists[row + HEAD]!
    while (blocks[block + LAST_KEY]! < key) block = blocks[block + NEXT]!
    return block
  }

  /** Returns how many of the block's keys are lower than `key`. */
  #placeOf(block: number, key: number): number {
    const extent = this.blocks[block + EXTENT]!
    const length = this.blocks[block + LENGTH]!
    if (length === 0 || key > this.blocks[block + LAST_KEY]!) return length
    const first = extent & 0xffff
    return lowerBound(this.pool.keys[extent >>> 16]!, first, first + length, key) - first
  }

  /** Links an empty block behind the block `before`, or at the head of the list if that is 0. */
  #append(row: number, before: number): number {
    const block = this.#rows.take(
      row,
      before,
      before !== 0 && before === this.lists[row + TAIL] && this.lists[row + COUNT]! >= LONG_LIST,
    )
    const { blocks, lists } = this
    const next = before === 0 ? lists[row + HEAD]! : blocks[before + NEXT]!
    blocks.set([0, next, 0, 0, 0xffff_ffff, 0], block + LENGTH)
    if (before === 0) lists[row + HEAD] = block
    else blocks[before + NEXT] = block
    if (next === 0) lists[row + TAIL] = block
    return block
  }

  /**
   * Makes room when a block is full: adds an empty block behind it for a key past its end,
   * otherwise moves its upper half there. Returns the block to insert into.
   */
  #split(row: number, block: number, key: number): number {
    const second = this.#append(row, block)
    const { blocks } = this
    if (key > blocks[block + LAST_KEY]!) return second
    const half = LARGEST_EXTENT / 2
    this.#resize(second, LARGEST_EXTENT)
    this.pool.copy(blocks[block + EXTENT]! + half, blocks[second + EXTENT]!, half)
    blocks[block + LENGTH] = half
    blocks[second + LENGTH] = half
    this.#measure(block)
    this.#measure(second)
    return key > blocks[block + LAST_KEY]! ? second : block
  }

  /**
   * Frees memory after a removal: a block that is at most a quarter full moves to half its
   * capacity, and a block that fits into half a block together with its successor absorbs it.
   */
  #shrink(row: number, block: number): void {
    const { blocks } = this
    const next = blocks[block + NEXT]!
    const length = blocks[block + LENGTH]!
    if (next !== 0 && length + blocks[next + LENGTH]! <= LARGEST_EXTENT / 2) {
      this.#resize(block, LARGEST_EXTENT)
      this.pool.copy(blocks[next + EXTENT]!, blocks[block + EXTENT]! + length, blocks[next + LENGTH]!)
      blocks[block + LENGTH]! += blocks[next + LENGTH]!
      this.#unlink(row, block, next)
    } else if (blocks[block + CAPACITY]! > SMALLEST_EXTENT && 4 * length <= blocks[block + CAPACITY]!) {
      this.#resize(block, blocks[block + CAPACITY]! / 2)
    }
  }

  #resize(block: number, capacity: number): void {
    const { blocks, pool } = this
    if (blocks[block + CAPACITY] === capacity) return
    const extent = pool.take(capacity)
    pool.copy(blocks[block + EXTENT]!, extent, blocks[block + LENGTH]!)
    pool.giveBack(blocks[block + EXTENT]!, blocks[block + CAPACITY]!)
    blocks[block + EXTENT] = extent
    blocks[block + CAPACITY] = capacity
  }

  #unlink(row: number, before: number, block: number): void {
    const { blocks, lists } = this
    const next = blocks[block + NEXT]!
    if (before === 0) lists[row + HEAD] = next
    else blocks[before + NEXT] = next
    if (next === 0) lists[row + TAIL] = before
    this.#rows.release(block, row)
  }

  /** Recomputes a block's bounds from its entries. */
  #measure(block: number): void {
    const { blocks, pool } = this
    const extent = blocks[block + EXTENT]!
    const keys = pool.keys[extent >>> 16]!
    const values = pool.values[extent >>> 16]!
    const first = extent & 0xffff
    const end = first + blocks[block + LENGTH]!
    let largest = 0
    let least = 0xffff_ffff
    for (let i = first; i < end; i++) {
      largest = Math.max(largest, values[i]!)
      least = Math.min(least, this.#costOf(keys[i]!, values[i]!))
    }
    blocks[block + LAST_KEY] = keys[end - 1]!
    blocks[block + FIRST_KEY] = keys[first]!
    blocks[block + LARGEST_VALUE] = largest
    blocks[block + LEAST_COST] = least
  }
}
