import type { ContentWords } from '../../text/passages/label-words.ts'
import { SEGMENT_ROW, type SegmentTable } from '../../text/passages/segment-table.ts'
import { BytePool, byteOffset } from './byte-pool.ts'
import type { IndexMemory } from './index-memory.ts'
import { type ReadPassage, SEGMENT_KINDS } from './passage-segments.ts'
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
const TEXT_START = FIRST_KIND + SEGMENT_KINDS.indexOf('text')
const DEFINED_START = FIRST_KIND + SEGMENT_KINDS.indexOf('defined')
const NO_SEGMENTS = new Uint16Array(0)
const BYTES_PER_SEGMENT = SEGMENT_ROW * Uint16Array.BYTES_PER_ELEMENT

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
  #addresses: Uint32Array
  #byteLengths: Uint32Array
  #segmentCounts: Uint16Array
  #checksums: Uint32Array
  #contentWords: Uint32Array
  #encoded = new Uint8Array(4096)

  constructor(memory: IndexMemory) {
    this.#memory = memory
    this.#pool = new BytePool(memory, 'sequences')
    this.#addresses = memory.open('sequences.addresses', Uint32Array)
    this.#byteLengths = memory.open('sequences.lengths', Uint32Array)
    this.#segmentCounts = memory.open('sequences.segments', Uint16Array)
    this.#checksums = memory.open('sequences.checksums', Uint32Array)
    this.#contentWords = memory.open('sequences.contents', Uint32Array)
  }

  write(passage: number, numbers: readonly number[], { table, contentWords, checksum }: SequenceFacts): void {
    const memory = this.#memory
    const length = this.#encode(numbers, table)
    this.#addresses = memory.withRoom('sequences.addresses', this.#addresses, passage + 1)
    this.#byteLengths = memory.withRoom('sequences.lengths', this.#byteLengths, passage + 1)
    this.#segmentCounts = memory.withRoom('sequences.segments', this.#segmentCounts, passage + 1)
    this.#checksums = memory.withRoom('sequences.checksums', this.#checksums, passage + 1)
    this.#contentWords = memory.withRoom('sequences.contents', this.#contentWords, passage + 1)
    this.#addresses[passage] = this.#pool.store(this.#encoded, length)
    this.#byteLengths[passage] = length
    this.#segmentCounts[passage] = table.length / SEGMENT_ROW
    this.#checksums[passage] = checksum
    this.#contentWords[passage] = contentWords
  }

  remove(passage: number): void {
    this.#pool.giveBack(this.#addresses[passage], this.#byteLengths[passage])
  }

  checksum(passage: number): number {
    return this.#checksums[passage]
  }

  contentWords(passage: number): ContentWords {
    return this.#contentWords[passage]
  }

  /** Returns a copy of a passage's segments, which stays valid when the passage is removed. */
  segments(passage: number): SegmentTable {
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    const table = new Uint16Array(this.#segmentCounts[passage] * SEGMENT_ROW)
    // Copying a few bytes in a loop is faster than a view of shared memory and its copy.
    const bytes = new Uint8Array(table.buffer)
    const start = byteOffset(address)
    for (let i = 0; i < bytes.length; i++) bytes[i] = chunk[start + i]
    return table
  }

  /**
   * Returns whether a passage contains these numbers, at least one, in a row. Scans the passage's
   * bytes.
   */
  containsRow(passage: number, row: readonly number[]): boolean {
    const rowBytes = this.#encode(row)
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    const start = byteOffset(address) + this.#tableBytes(passage)
    const last = byteOffset(address) + this.#byteLengths[passage] - rowBytes
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
    this.numbers = withRoomFor(this.numbers, this.longest(passage))
    return this.readInto(this.numbers, 0, passage)
  }

  /** An upper bound of the length of a passage's sequence. */
  longest(passage: number): number {
    return this.#byteLengths[passage] - this.#tableBytes(passage)
  }

  /**
   * Decodes a passage's sequence into an array, from a place on, and returns the place after it.
   * The array has room for the longest sequence.
   */
  readInto(numbers: Uint32Array, place: number, passage: number): number {
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    let at = byteOffset(address) + this.#tableBytes(passage)
    const last = byteOffset(address) + this.#byteLengths[passage] - 1
    let next = place
    // Most numbers have one or two bytes, in no order that a processor could predict, so there is
    // no branch between these. The last byte is the end of a segment.
    while (at < last) {
      const byte = chunk[at]
      const second = chunk[at + 1]
      const isLonger = byte >>> 7
      let number = (byte & 0x7f) | ((second & -isLonger & 0x7f) << 7)
      at += 1 + isLonger
      if ((byte & second) >= 0x80) {
        for (let shift = 14, following = second; following >= 0x80; shift += 7) {
          following = chunk[at++]
          number |= (following & 0x7f) << shift
        }
      }
      numbers[next++] = number
    }
    if (at === last) numbers[next++] = SEGMENT_END
    return next
  }

  /**
   * The same for the titles and headings alone, which come first. Ends before the
   * first other segment.
   */
  readLabelsInto(numbers: Uint32Array, place: number, passage: number): number {
    const address = this.#addresses[passage]
    const chunk = this.#pool.chunks[address >>> 16]
    let at = byteOffset(address) + this.#tableBytes(passage)
    const end = byteOffset(address) + this.#byteLengths[passage]
    let next = place
    while (at < end) {
      let byte = chunk[at++]
      if (byte === TEXT_START || byte === DEFINED_START) break
      let number = byte & 0x7f
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = chunk[at++]
        number |= (byte & 0x7f) << shift
      }
      numbers[next++] = number
    }
    return next
  }

  #tableBytes(passage: number): number {
    return this.#segmentCounts[passage] * BYTES_PER_SEGMENT
  }

  /** Encodes the segments and the numbers into `#encoded` and returns the length in bytes. */
  #encode(numbers: readonly number[], segments: SegmentTable = NO_SEGMENTS): number {
    this.#encoded = withRoomFor(this.#encoded, segments.byteLength + 5 * numbers.length)
    this.#encoded.set(new Uint8Array(segments.buffer, segments.byteOffset, segments.byteLength))
    let length = segments.byteLength
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
