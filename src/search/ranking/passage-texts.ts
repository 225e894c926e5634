import type { SequenceStore } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { FoundPassage } from './candidate-retrieval.ts'

/** The sequences of several passages, read once and looked at more often. Its memory is kept from one query to the next. */
export class PassageTexts {
  numbers = new Uint32Array(0)
  /** Where each passage's sequence begins in `numbers`, and behind them where the last one ends. */
  starts = new Uint32Array(1)

  read(sequences: SequenceStore, passages: readonly FoundPassage[]): void {
    this.starts = withRoomFor(this.starts, passages.length + 1)
    let length = 0
    for (const [i, { passage }] of passages.entries()) {
      const count = sequences.read(passage)
      this.numbers = withRoomFor(this.numbers, length + count)
      this.numbers.set(sequences.numbers.subarray(0, count), length)
      length += count
      this.starts[i + 1] = length
    }
  }
}
