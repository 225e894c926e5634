/**
 * Entries per chunk: a power of 2, 400 kB. Chunks are never moved or copied, so that growing does
 * not pause the process.
 */
export const CHUNK_ENTRIES = 65_536
export const SMALLEST_EXTENT = 4
export const LARGEST_EXTENT = 128
const CLASSES = Math.log2(LARGEST_EXTENT / SMALLEST_EXTENT) + 1

/**
 * The pool's content as plain arrays, for saving and loading. The arrays are shared, not copied.
 */
export interface PooledEntries {
  readonly keys: readonly Uint32Array[]
  readonly values: readonly Uint16Array[]
  readonly used: number
  readonly free: Uint32Array
}

/**
 * Memory for entries (a 32-bit key, a 16-bit value), allocated in extents of 4, 8, … 128 entries.
 * An address is one number: the chunk and the index in it. An extent never crosses chunks.
 * Allocating and freeing take constant time; freed extents are reused.
 */
export class EntryPool {
  readonly keys: Uint32Array[]
  readonly values: Uint16Array[]
  /**
   * Head of the free list of each size: the extent's address plus 1, or 0. An extent's first key
   * holds the next.
   */
  readonly #free: Uint32Array
  #used: number

  constructor(content: PooledEntries = { keys: [], values: [], used: 0, free: new Uint32Array(CLASSES) }) {
    this.keys = content.keys.map(chunk => completed(chunk, Uint32Array))
    this.values = content.values.map(chunk => completed(chunk, Uint16Array))
    this.#used = content.used
    this.#free = content.free
  }

  /**
   * Allocates an extent and returns its address. Its content is undefined. Capacity: a power of 2,
   * 4–128.
   */
  take(capacity: number): number {
    const size = sizeClass(capacity)
    const free = this.#free[size]
    if (free !== 0) {
      this.#free[size] = this.keys[(free - 1) >>> 16][(free - 1) & 0xffff]
      return free - 1
    }
    const room = -this.#used & (CHUNK_ENTRIES - 1)
    const address = room < capacity ? this.#used + room : this.#used
    if (address === this.keys.length * CHUNK_ENTRIES) {
      this.keys.push(new Uint32Array(CHUNK_ENTRIES))
      this.values.push(new Uint16Array(CHUNK_ENTRIES))
    }
    this.#used = address + capacity
    return address
  }

  giveBack(address: number, capacity: number): void {
    const size = sizeClass(capacity)
    this.keys[address >>> 16][address & 0xffff] = this.#free[size]
    this.#free[size] = address + 1
  }

  copy(from: number, to: number, count: number): void {
    const source = from & 0xffff
    this.keys[to >>> 16].set(this.keys[from >>> 16].subarray(source, source + count), to & 0xffff)
    this.values[to >>> 16].set(this.values[from >>> 16].subarray(source, source + count), to & 0xffff)
  }

  get content(): PooledEntries {
    return { keys: this.keys, values: this.values, used: this.#used, free: this.#free }
  }
}

function sizeClass(capacity: number): number {
  return 29 - Math.clz32(capacity)
}

/** Restores the last chunk of a saved pool, which ends at its last entry, to full size. */
function completed<T extends Uint32Array | Uint16Array>(chunk: T, type: new (length: number) => T): T {
  if (chunk.length === CHUNK_ENTRIES) return chunk
  const whole = new type(CHUNK_ENTRIES)
  whole.set(chunk)
  return whole
}
