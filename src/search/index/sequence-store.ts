import type { ContentWords } from '../../text/passages/label-words.ts'
import { SEGMENT_ROW, type SegmentTable } from '../../text/passages/segment-table.ts'
import { BytePool, byteOffset } from './byte-pool.ts'
import type { IndexMemory } from './index-memory.ts'
import type { ReadPassage } from './passage-segments.ts'
import { withRoomFor } from './typed-arrays.ts'

/**
 * Ends a segment in a sequence. Numbers above it and below `FIRST_TERM` start a segment and give
 * its kind.
 */
export const SEGMENT_END = 0
/** Offset of term numbers in a sequence. */
export const FIRST_TERM = 8
/**
 * In a sequence, a segment begins with this number plus the index of its kind in `SEGMENT_KINDS`.
 */
export const FIRST_KIND = 1
const BYTES_PER_SEGMENT = SEGMENT_ROW * Uint16Array.BYTES_PER_ELEMENT
/**
 * Numbers per passage in `rows`: where its bytes are and how many, its segments, its checksum, and
 * its content words.
 */
const ROW = 5
const [ADDRESS, LENGTH, SEGMENTS, CHECKSUM, CONTENT_WORDS] = [0, 1, 2, 3, 4]

/** What is stored of a passage in addition to its terms: see `ReadPassage`. */
export type SequenceFacts = Pick<ReadPassage, 'table' | 'contentWords' | 'checksum'>

/**
 * The forward index: for each passage the table of its segments, followed by its terms in text
 * order. Numbers of terms are encoded with 7 bits per byte (variable-byte code). A passage of 200
 * words takes about 300 bytes, and 18 for each segment.
 */
export class SequenceStore {
  /** The last sequence read. Longer than that sequence, and overwritten by the next read. */
  numbers = new Uint32Array(1024)
  readonly #memory: IndexMemory
  readonly #pool: BytePool
  #rows: Uint32Array
  #encoded = new Uint8Array(4096)

  constructor(memory: IndexMemory) {
    this.#memory = memory
    this.#pool = new BytePool(memory, 'sequences')
    this.#rows = memory.open('sequences.rows', Uint32Array)
  }

  write(passage: number, numbers: readonly number[], { table, contentWords, checksum }: SequenceFacts): void {
    const length = this.#encode(numbers, table)
    const row = passage * ROW
    this.#rows = this.#memory.withRoom('sequences.rows', this.#rows, row + ROW)
    this.#rows[row + ADDRESS] = this.#pool.store(this.#encoded, length)
    this.#rows[row + LENGTH] = length
    this.#rows[row + SEGMENTS] = table.length / SEGMENT_ROW
    this.#rows[row + CHECKSUM] = checksum
    this.#rows[row + CONTENT_WORDS] = contentWords
  }

  remove(passage: number): void {
    this.#pool.giveBack(this.#rows[passage * ROW + ADDRESS]!, this.#rows[passage * ROW + LENGTH]!)
  }

  checksum(passage: number): number {
    return this.#rows[passage * ROW + CHECKSUM]!
  }

  contentWords(passage: number): ContentWords {
    return this.#rows[passage * ROW + CONTENT_WORDS]!
  }

  /** Returns a copy of a passage's segments, which stays valid when the passage is removed. */
  segments(passage: number): SegmentTable {
    const address = this.#rows[passage * ROW + ADDRESS]!
    const chunk = this.#pool.chunks[address >>> 16]!
    // An array of numbers takes a seventh of the time that a typed array takes to allocate.
    const table = new Array<number>(this.#rows[passage * ROW + SEGMENTS]! * SEGMENT_ROW)
    for (let i = 0, at = byteOffset(address); i < table.length; i++, at += 2) table[i] = chunk[at]! | (chunk[at + 1]! << 8)
    return table
  }

  /**
   * Returns whether a passage contains these numbers, at least one, in a row. Scans the passage's
   * bytes.
   */
  containsRow(passage: number, row: readonly number[]): boolean {
    const rowBytes = this.#encode(row)
    const address = this.#rows[passage * ROW + ADDRESS]!
    const chunk = this.#pool.chunks[address >>> 16]!
    const start = byteOffset(address) + this.#tableBytes(passage)
    const last = byteOffset(address) + this.#rows[passage * ROW + LENGTH]! - rowBytes
    const first = this.#encoded[0]
    for (let at = start; at <= last; at++) {
      // All bytes of a number except the last are at least 0x80, so a number starts after a lower
      // byte.
      if (chunk[at] !== first || (at > start && chunk[at - 1]! >= 0x80)) continue
      let same = 1
      while (same < rowBytes && chunk[at + same] === this.#encoded[same]) same++
      if (same === rowBytes) return true
    }
    return false
  }

  /** Decodes a passage's sequence into `numbers` and returns its length. */
  read(passage: number): number {
    this.numbers = withRoomFor(this.numbers, this.longest(passage))
    return this.readInto(this.numbers, 0, passage)
  }

  /** An upper bound of the length of a passage's sequence. */
  longest(passage: number): number {
    return this.#rows[passage * ROW + LENGTH]! - this.#tableBytes(passage)
  }

  /**
   * Decodes a passage's sequence into an array, from a place on, and returns the place after it.
   * The array has room for the longest sequence.
   */
  readInto(numbers: Uint32Array, place: number, passage: number): number {
    const address = this.#rows[passage * ROW + ADDRESS]!
    const chunk = this.#pool.chunks[address >>> 16]!
    let at = byteOffset(address) + this.#tableBytes(passage)
    const last = byteOffset(address) + this.#rows[passage * ROW + LENGTH]! - 1
    let next = place
    // Most numbers have one or two bytes, in no order that a processor could predict, so there is
    // no branch between these. The last byte is the end of a segment.
    while (at < last) {
      const byte = chunk[at]!
      const second = chunk[at + 1]!
      const isLonger = byte >>> 7
      let number = (byte & 0x7f) | ((second & -isLonger & 0x7f) << 7)
      at += 1 + isLonger
      if ((byte & second) >= 0x80) {
        for (let shift = 14, following = second; following >= 0x80; shift += 7) {
          following = chunk[at++]!
          number |= (following & 0x7f) << shift
        }
      }
      numbers[next++] = number
    }
    if (at === last) numbers[next++] = SEGMENT_END
    return next
  }

  #tableBytes(passage: number): number {
    return this.#rows[passage * ROW + SEGMENTS]! * BYTES_PER_SEGMENT
  }

  /** Encodes the segments and the numbers into `#encoded` and returns the length in bytes. */
  #encode(numbers: readonly number[], table: SegmentTable = []): number {
    this.#encoded = withRoomFor(this.#encoded, 2 * table.length + 5 * numbers.length)
    let length = 0
    for (const number of table) {
      this.#encoded[length++] = number & 0xff
      this.#encoded[length++] = number >>> 8
    }
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
