/** Entries of one chunk. Chunks are never moved or copied, so that growing never pauses: a power of two, and 400 kB. */
export const CHUNK_ENTRIES = 65_536
export const SMALLEST_EXTENT = 4
export const LARGEST_EXTENT = 128
const CLASSES = Math.log2(LARGEST_EXTENT / SMALLEST_EXTENT) + 1

/** A pool's content as plain arrays, to be stored and loaded. The arrays are the pool's own, not copies. */
export interface PooledEntries {
  readonly keys: readonly Uint32Array[]
  readonly values: readonly Uint16Array[]
  readonly used: number
  readonly free: Uint32Array
}

/**
 * Memory for entries (a key of 32 bits, a value of 16), given out in extents of 4, 8, … 128 of them. An entry's address is its chunk and its
 * place there in one number; an extent lies in one chunk. Taking and giving back cost constant time, and what is given back is used again.
 */
export class EntryPool {
  readonly keys: Uint32Array[]
  readonly values: Uint16Array[]
  /** For each size the address, plus one, of the first free extent; that one's first key holds the next. 0: none. */
  readonly #free: Uint32Array
  #used: number

  constructor(content: PooledEntries = { keys: [], values: [], used: 0, free: new Uint32Array(CLASSES) }) {
    this.keys = content.keys.map(chunk => completed(chunk, Uint32Array))
    this.values = content.values.map(chunk => completed(chunk, Uint16Array))
    this.#used = content.used
    this.#free = content.free
  }

  /** The address of a free extent of this capacity, a power of two from 4 to 128. What it holds is undefined. */
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

/** The last chunk of a stored pool ends where its entries do. */
function completed<T extends Uint32Array | Uint16Array>(chunk: T, type: new (length: number) => T): T {
  if (chunk.length === CHUNK_ENTRIES) return chunk
  const whole = new type(CHUNK_ENTRIES)
  whole.set(chunk)
  return whole
}
