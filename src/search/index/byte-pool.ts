/**
 * Bytes per chunk. Chunks are never moved or copied, so that growing does not pause the process.
 */
const CHUNK_BYTES = 1 << 20
/** Sizes are rounded up to multiples of this, so that most freed extents fit other passages. */
const UNIT_BYTES = 16

/** The pool's content, for saving and loading. The arrays are shared, not copied. */
export interface PooledBytes {
  readonly chunks: readonly Uint8Array[]
  /** Start of the next extent: a chunk and an offset in it, in units of 16 bytes. */
  readonly nextChunk: number
  readonly nextUnit: number
  /** Addresses of free extents, by size in units. */
  readonly free: readonly (readonly [number, readonly number[]])[]
}

/**
 * Memory for byte strings of any length, in a few large arrays. An address is one 32-bit number:
 * the chunk and the offset in it, in units of 16 bytes. Freed extents are reused for strings of the
 * same size in units. A string longer than a chunk gets its own chunk, which is freed with it.
 */
export class BytePool {
  readonly chunks: Uint8Array[]
  readonly #free: Map<number, number[]>
  #nextChunk: number
  #nextUnit: number

  constructor(content: PooledBytes = { chunks: [], nextChunk: 0, nextUnit: CHUNK_BYTES / UNIT_BYTES, free: [] }) {
    this.chunks = [...content.chunks]
    this.#free = new Map(content.free.map(([units, addresses]) => [units, [...addresses]]))
    this.#nextChunk = content.nextChunk
    this.#nextUnit = content.nextUnit
    const open = this.chunks[this.#nextChunk]
    if (open !== undefined && open.length < CHUNK_BYTES) {
      const whole = new Uint8Array(CHUNK_BYTES)
      whole.set(open)
      this.chunks[this.#nextChunk] = whole
    }
  }

  /** Stores a copy of the first `length` bytes and returns its address. */
  store(bytes: Uint8Array, length: number): number {
    const address = this.#take(Math.max(1, Math.ceil(length / UNIT_BYTES)))
    this.chunks[address >>> 16].set(bytes.subarray(0, length), (address & 0xffff) * UNIT_BYTES)
    return address
  }

  /** Frees an extent, given its address and the length that was stored there. */
  giveBack(address: number, length: number): void {
    const units = Math.max(1, Math.ceil(length / UNIT_BYTES))
    if (units * UNIT_BYTES > CHUNK_BYTES) this.chunks[address >>> 16] = new Uint8Array(0)
    const free = this.#free.get(units)
    if (free === undefined) this.#free.set(units, [address])
    else free.push(address)
  }

  /** The content, with the last chunk cut to the bytes in use. */
  get content(): PooledBytes {
    const chunks = this.chunks.map((chunk, i) => (i === this.#nextChunk ? chunk.subarray(0, this.#nextUnit * UNIT_BYTES) : chunk))
    return { chunks, nextChunk: this.#nextChunk, nextUnit: this.#nextUnit, free: [...this.#free] }
  }

  #take(units: number): number {
    const freed = this.#free.get(units)?.pop()
    const isLarge = units * UNIT_BYTES > CHUNK_BYTES
    if (freed !== undefined) {
      if (isLarge) this.chunks[freed >>> 16] = new Uint8Array(units * UNIT_BYTES)
      return freed
    }
    if (isLarge) return (this.chunks.push(new Uint8Array(units * UNIT_BYTES)) - 1) * 0x1_0000
    if ((this.#nextUnit + units) * UNIT_BYTES > CHUNK_BYTES) {
      this.#nextChunk = this.chunks.push(new Uint8Array(CHUNK_BYTES)) - 1
      this.#nextUnit = 0
    }
    const address = this.#nextChunk * 0x1_0000 + this.#nextUnit
    this.#nextUnit += units
    return address
  }
}

/** Returns an address's offset in its chunk, in bytes. */
export function byteOffset(address: number): number {
  return (address & 0xffff) * UNIT_BYTES
}
