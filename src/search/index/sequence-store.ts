import { BytePool, byteOffset, type PooledBytes } from './byte-pool.ts'
import { withRoomFor } from './typed-arrays.ts'

/**
 * Ends a segment in a sequence. Numbers above it and below `FIRST_TERM` start a segment and give
 * its kind.
 */
export const SEGMENT_END = 0
/** Offset of term numbers in a sequence. */
export const FIRST_TERM = 8

/** The sequences of all passages, for saving and loading. Arrays are shared, not copied. */
export interface SequencesContent {
  readonly addresses: Uint32Array
  readonly byteLengths: Uint32Array
  readonly bytes: PooledBytes
}

/**
 * The forward index: the terms of each passage in text order, segment by segment. Numbers are
 * encoded with 7 bits per byte (variable-byte code). A passage of 200 words takes about 300 bytes.
 */
export class SequenceStore {
  /** The last sequence read. Longer than that sequence, and overwritten by the next read. */
  numbers = new Uint32Array(1024)
  readonly #pool: BytePool
  #addresses: Uint32Array
  #byteLengths: Uint32Array
  #encoded = new Uint8Array(4096)

  constructor(content?: SequencesContent) {
    this.#pool = new BytePool(content?.bytes)
    this.#addresses = content?.addresses ?? new Uint32Array(0)
    this.#byteLengths = content?.byteLengths ?? new Uint32Array(0)
  }

  get content(): SequencesContent {
    return { addresses: this.#addresses, byteLengths: this.#byteLengths, bytes: this.#pool.content }
  }

  write(passage: number, numbers: readonly number[]): void {
    const length = this.#encode(numbers)
    this.#addresses = withRoomFor(this.#addresses, passage + 1)
    this.#byteLengths = withRoomFor(this.#byteLengths, passage + 1)
    this.#addresses[passage] = this.#pool.store(this.#encoded, length)
    this.#byteLengths[passage] = length
  }

  remove(passage: number): void {
    this.#pool.giveBack(this.#addresses[passage], this.#byteLengths[passage])
  }

  /**
   * Returns whether a passage contains these numbers, at least one, in a row. Scans the passage's
   * bytes.
   */
  containsRow(passage: number, row: readonly number[]): boolean {
    const rowBytes = this.#encode(row)
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    const start = byteOffset(address)
    const last = start + this.#byteLengths[passage] - rowBytes
    const first = this.#encoded[0]
    for (let at = start; at <= last; at++) {
      // All bytes of a number except the last are at least 0x80, so a number starts after a lower
      // byte.
      if (chunk[at] !== first || (at > start && chunk[at - 1] >= 0x80)) continue
      let same = 1
      while (same < rowBytes && chunk[at + same] === this.#encoded[same]) same++
      if (same === rowBytes) return true
    }
    return false
  }

  /** Decodes a passage's sequence into `numbers` and returns its length. */
  read(passage: number): number {
    const bytes = this.#byteLengths[passage]
    this.numbers = withRoomFor(this.numbers, bytes)
    const { numbers } = this
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    let at = byteOffset(address)
    const end = at + bytes
    let count = 0
    while (at < end) {
      let byte = chunk[at++]
      let number = byte & 0x7f
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = chunk[at++]
        number |= (byte & 0x7f) << shift
      }
      numbers[count++] = number
    }
    return count
  }

  /** Encodes the numbers into `#encoded` and returns the length in bytes. */
  #encode(numbers: readonly number[]): number {
    this.#encoded = withRoomFor(this.#encoded, 5 * numbers.length)
    let length = 0
    for (const number of numbers) {
      let rest = number
      while (rest >= 0x80) {
        this.#encoded[length++] = (rest & 0x7f) | 0x80
        rest >>>= 7
      }
      this.#encoded[length++] = rest
    }
    return length
  }
}
