import type { IndexMemory } from './index-memory.ts'

/**
 * Bytes per chunk. Chunks are never moved or copied, so that growing does not pause the process.
 */
const CHUNK_BYTES = 1 << 20
/** Sizes are rounded up to multiples of this, so that most freed extents fit other strings. */
const UNIT_BYTES = 16
const NEXT_CHUNK = 0
const NEXT_UNIT = 1

/**
 * Memory for byte strings of any length, in a few large arrays. An address is one 32-bit number:
 * the chunk and the offset in it, in units of 16 bytes. Freed extents are reused for strings of the
 * same size in units. A string longer than a chunk gets its own chunk, which is freed with it.
 */
export class BytePool {
  readonly chunks: Uint8Array[]
  readonly #memory: IndexMemory
  readonly #name: string
  /**
   * By size in units, head of the list of free extents: the address plus 1, or 0. The first bytes
   * of an extent hold the next.
   */
  #free: Uint32Array
  /** Start of the next extent: a chunk, and an offset in it in units. */
  readonly #next: Uint32Array

  constructor(memory: IndexMemory, name: string) {
    this.#memory = memory
    this.#name = name
    this.chunks = memory.chunks(`${name}.bytes`)
    this.#free = memory.open(`${name}.free`, Uint32Array)
    this.#next = memory.open(`${name}.next`, Uint32Array, 2)
  }

  /** Stores a copy of the first `length` bytes and returns its address. */
  store(bytes: Uint8Array, length: number): number {
    const address = this.#take(unitsOf(length))
    this.chunks[address >>> 16]!.set(bytes.subarray(0, length), byteOffset(address))
    return address
  }

  /** Decodes a stored string. */
  text(address: number, length: number, encoding: 'latin1' | 'utf16le'): string {
    const { buffer } = this.chunks[address >>> 16]!
    const start = byteOffset(address)
    // Reading characters one by one takes four times as long.
    return Buffer.from(buffer, start, length).toString(encoding)
  }

  /** Frees an extent, given its address and the length that was stored there. */
  giveBack(address: number, length: number): void {
    const units = unitsOf(length)
    if (isLarge(units)) this.#setChunk(address >>> 16, UNIT_BYTES)
    this.#free = this.#memory.withRoom(`${this.#name}.free`, this.#free, units + 1)
    writeNumber(this.chunks[address >>> 16]!, byteOffset(address), this.#free[units]!)
    this.#free[units] = address + 1
  }

  #take(units: number): number {
    const freed = this.#free[units] ?? 0
    if (freed !== 0) {
      const address = freed - 1
      this.#free[units] = readNumber(this.chunks[address >>> 16]!, byteOffset(address))
      if (isLarge(units)) this.#setChunk(address >>> 16, units * UNIT_BYTES)
      return address
    }
    if (isLarge(units)) return this.#setChunk(this.chunks.length, units * UNIT_BYTES) * 0x1_0000
    const next = this.#next
    if (this.chunks.length === 0 || (next[NEXT_UNIT]! + units) * UNIT_BYTES > CHUNK_BYTES) {
      next[NEXT_CHUNK] = this.#setChunk(this.chunks.length, CHUNK_BYTES)
      next[NEXT_UNIT] = 0
    }
    const address = next[NEXT_CHUNK]! * 0x1_0000 + next[NEXT_UNIT]!
    next[NEXT_UNIT]! += units
    return address
  }

  #setChunk(number: number, bytes: number): number {
    this.chunks[number] = this.#memory.setChunk(`${this.#name}.bytes`, number, Uint8Array, bytes)
    return number
  }
}

/** Returns an address's offset in its chunk, in bytes. */
export function byteOffset(address: number): number {
  return (address & 0xffff) * UNIT_BYTES
}

function unitsOf(length: number): number {
  return Math.max(1, Math.ceil(length / UNIT_BYTES))
}

function isLarge(units: number): boolean {
  return units * UNIT_BYTES > CHUNK_BYTES
}

function writeNumber(bytes: Uint8Array, offset: number, number: number): void {
  for (let i = 0; i < 4; i++) bytes[offset + i] = number >>> (8 * i)
}

function readNumber(bytes: Uint8Array, offset: number): number {
  let number = 0
  for (let i = 3; i >= 0; i--) number = number * 256 + bytes[offset + i]!
  return number
}
