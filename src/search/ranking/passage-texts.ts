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
  #length = 0

  /** Reads whole passages. */
  read(sequences: SequenceStore, { passages, order, count }: Chosen): void {
    this.#begin(passages.length)
    for (let i = 0; i < count; i++) {
      const passage = passages[order[i]]
      this.#makeRoom(sequences.longest(passage))
      this.#add(order[i], sequences.readInto(this.numbers, this.#length, passage))
    }
  }

  /** Reads titles and headings only. */
  readLabels(sequences: SequenceStore, { passages, order, count }: Chosen): void {
    this.#begin(passages.length)
    for (let i = 0; i < count; i++) {
      const passage = passages[order[i]]
      this.#makeRoom(sequences.longest(passage))
      this.#add(order[i], sequences.readLabelsInto(this.numbers, this.#length, passage))
    }
  }

  #begin(candidates: number): void {
    this.starts = withRoomFor(this.starts, candidates)
    this.ends = withRoomFor(this.ends, candidates)
    this.#length = 0
  }

  #makeRoom(numbers: number): void {
    this.numbers = withRoomFor(this.numbers, this.#length + numbers)
  }

  #add(candidate: number, end: number): void {
    this.starts[candidate] = this.#length
    this.ends[candidate] = end
    this.#length = end
  }
}
