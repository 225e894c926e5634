import type { IndexMemory } from './index-memory.ts'

/**
 * Entries per chunk: a power of 2, 400 kB. Chunks are never moved or copied, so that growing does
 * not pause the process.
 */
const CHUNK_ENTRIES = 65_536
export const SMALLEST_EXTENT = 4
export const LARGEST_EXTENT = 128
const CLASSES = Math.log2(LARGEST_EXTENT / SMALLEST_EXTENT) + 1

/**
 * Memory for entries (a 32-bit key, a 16-bit value), allocated in extents of 4, 8, … 128 entries.
 * An address is one number: the chunk and the index in it. An extent never crosses chunks.
 * Allocating and freeing take constant time; freed extents are reused.
 */
export class EntryPool {
  readonly keys: Uint32Array[]
  readonly values: Uint16Array[]
  readonly #memory: IndexMemory
  readonly #name: string
  /**
   * Head of the free list of each size: the extent's address plus 1, or 0. An extent's first key
   * holds the next. The last element is the number of entries used.
   */
  readonly #state: Uint32Array

  constructor(memory: IndexMemory, name: string) {
    this.#memory = memory
    this.#name = name
    this.keys = memory.chunks(`${name}.keys`)
    this.values = memory.chunks(`${name}.values`)
    this.#state = memory.open(`${name}.extents`, Uint32Array, CLASSES + 1)
  }

  /**
   * Allocates an extent and returns its address. Its content is undefined. Capacity: a power of 2,
   * 4–128.
   */
  take(capacity: number): number {
    const size = sizeClass(capacity)
    const free = this.#state[size]!
    if (free !== 0) {
      this.#state[size] = this.keys[(free - 1) >>> 16]![(free - 1) & 0xffff]!
      return free - 1
    }
    const used = this.#state[CLASSES]!
    const room = -used & (CHUNK_ENTRIES - 1)
    const address = room < capacity ? used + room : used
    const chunk = this.keys.length
    if (address === chunk * CHUNK_ENTRIES) {
      this.keys.push(this.#memory.setChunk(`${this.#name}.keys`, chunk, Uint32Array, CHUNK_ENTRIES))
      this.values.push(this.#memory.setChunk(`${this.#name}.values`, chunk, Uint16Array, CHUNK_ENTRIES))
    }
    this.#state[CLASSES] = address + capacity
    return address
  }

  giveBack(address: number, capacity: number): void {
    const size = sizeClass(capacity)
    this.keys[address >>> 16]![address & 0xffff] = this.#state[size]!
    this.#state[size] = address + 1
  }

  /** Moves entries up by one. */
  moveUp(from: number, count: number): void {
    const [keys, values] = [this.keys[from >>> 16], this.values[from >>> 16]]
    const first = from & 0xffff
    for (let i = first + count; i > first; i--) {
      keys![i] = keys![i - 1]!
      values![i] = values![i - 1]!
    }
  }

  /**
   * Copies entries, the first one first. In a loop: `set` and `copyWithin` are several times slower
   * in shared memory.
   */
  copy(from: number, to: number, count: number): void {
    const [keys, values] = [this.keys[from >>> 16], this.values[from >>> 16]]
    const [toKeys, toValues] = [this.keys[to >>> 16], this.values[to >>> 16]]
    for (let i = 0; i < count; i++) {
      toKeys![(to & 0xffff) + i] = keys![(from & 0xffff) + i]!
      toValues![(to & 0xffff) + i] = values![(from & 0xffff) + i]!
    }
  }

  /** The number of entries in extents, free ones included. */
  get used(): number {
    return this.#state[CLASSES]!
  }
}

function sizeClass(capacity: number): number {
  return 29 - Math.clz32(capacity)
}
