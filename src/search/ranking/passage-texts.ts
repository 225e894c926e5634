import type { SequenceStore } from '../index/sequence-store.ts'
import { withRoomFor } from '../index/typed-arrays.ts'
import type { Chosen } from './candidates.ts'

/**
 * The sequences of several candidates, decoded once and read several times. Buffers are reused
 * between queries.
 */
export class PassageTexts {
  numbers = new Uint32Array(0)
  /** By candidate: start and end of its sequence in `numbers`. */
  starts = new Uint32Array(0)
  ends = new Uint32Array(0)

  /** Reads whole passages. */
  read(sequences: SequenceStore, chosen: Chosen): void {
    this.#decode(sequences, chosen, 'readInto')
  }

  /** Reads titles and headings only. */
  readLabels(sequences: SequenceStore, chosen: Chosen): void {
    this.#decode(sequences, chosen, 'readLabelsInto')
  }

  #decode(sequences: SequenceStore, { passages, order, count }: Chosen, readInto: 'readInto' | 'readLabelsInto'): void {
    this.starts = withRoomFor(this.starts, passages.length)
    this.ends = withRoomFor(this.ends, passages.length)
    let length = 0
    for (let i = 0; i < count; i++) {
      const candidate = order[i]
      const passage = passages[candidate]
      this.numbers = withRoomFor(this.numbers, length + sequences.longest(passage))
      this.starts[candidate] = length
      length = sequences[readInto](this.numbers, length, passage)
      this.ends[candidate] = length
    }
  }
}
