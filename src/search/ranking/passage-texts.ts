import type { SequenceStore } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'

/**
 * The sequences of the passages that a query reads, each decoded once. Buffers are reused between
 * queries.
 */
export class PassageTexts {
  numbers = new Uint32Array(0)
  /** The number of passages. */
  rows = 0
  /** By row: the passage, and start and end of its sequence in `numbers`. */
  passages = new Uint32Array(32)
  starts = new Uint32Array(32)
  ends = new Uint32Array(32)
  readonly #sequences: SequenceStore

  constructor(sequences: SequenceStore) {
    this.#sequences = sequences
  }

  /** Starts a query. */
  begin(): void {
    this.rows = 0
  }

  /** Reads a passage that has not been read yet. Returns its row: rows are numbered from 0. */
  read(passage: number): number {
    const row = this.rows
    const start = row === 0 ? 0 : this.ends[row - 1]!
    this.numbers = withRoomFor(this.numbers, start + this.#sequences.longest(passage))
    this.starts = withRoomFor(this.starts, row + 1)
    this.ends = withRoomFor(this.ends, row + 1)
    this.passages = withRoomFor(this.passages, row + 1)
    this.starts[row] = start
    this.ends[row] = this.#sequences.readInto(this.numbers, start, passage)
    this.passages[row] = passage
    this.rows++
    return row
  }

  /** The row of a passage, which is read unless it has been. */
  rowOf(passage: number): number {
    for (let row = 0; row < this.rows; row++) if (this.passages[row] === passage) return row
    return this.read(passage)
  }
}
