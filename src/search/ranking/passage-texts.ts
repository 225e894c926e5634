import type { SequenceStore } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { Candidate } from './candidate-retrieval.ts'

/**
 * The sequences of several passages, decoded once and read several times. Buffers are reused
 * between queries.
 */
export class PassageTexts {
  numbers = new Uint32Array(0)
  /** Start of each passage's sequence in `numbers`, followed by the end of the last one. */
  starts = new Uint32Array(1)

  read(sequences: SequenceStore, passages: readonly Candidate[]): void {
    this.starts = withRoomFor(this.starts, passages.length + 1)
    let length = 0
    for (let i = 0; i < passages.length; i++) {
      const { passage } = passages[i]
      this.numbers = withRoomFor(this.numbers, length + sequences.longest(passage))
      length = sequences.readInto(this.numbers, length, passage)
      this.starts[i + 1] = length
    }
  }
}
