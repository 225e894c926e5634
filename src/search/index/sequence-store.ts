import { BytePool, byteOffset, type PooledBytes } from './byte-pool.ts'
import { withRoomFor } from './typed-arrays.ts'

/** A number that ends a unit in a sequence; those above it, up to `FIRST_TERM`, begin one and tell its kind. */
export const UNIT_END = 0
/** Term numbers in a sequence are counted from here. */
export const FIRST_TERM = 8

/** Sequences by passage, to be stored and loaded; the store's own arrays, not copies. */
export interface SequencesContent {
  readonly addresses: Uint32Array
  readonly byteLengths: Uint32Array
  readonly bytes: PooledBytes
}

/**
 * The forward index: of each passage its terms in the order of its text, unit by unit. A number takes a byte for each 7 bits (variable-byte code), a
 * passage of 200 words some 300 bytes.
 */
export class SequenceStore {
  /** The sequence that was read last; longer than it, and overwritten by the next reading. */
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

  /** Whether these numbers, at least one, stand side by side in a passage's sequence. Costs a pass over its bytes. */
  holdsRow(passage: number, row: readonly number[]): boolean {
    const sought = this.#encode(row)
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    const start = byteOffset(address)
    const last = start + this.#byteLengths[passage] - sought
    const first = this.#encoded[0]
    for (let at = start; at <= last; at++) {
      // A number's bytes but the last are 0x80 or more: a row begins where none of them precedes.
      if (chunk[at] !== first || (at > start && chunk[at - 1] >= 0x80)) continue
      let same = 1
      while (same < sought && chunk[at + same] === this.#encoded[same]) same++
      if (same === sought) return true
    }
    return false
  }

  /** Puts a passage's sequence into `numbers` and gives its length. */
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

  /** Puts the code of these numbers into `#encoded` and gives its bytes. */
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
