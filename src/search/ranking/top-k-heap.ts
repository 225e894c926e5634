import { withRoomFor } from '../index/typed-arrays.ts'
import type { Candidates } from './candidates.ts'

/**
 * A binary min-heap of the best passages so far, at most `capacity`. Equal scores are ordered by
 * addition to the index: the earlier passage is better. Offering a passage takes constant time for
 * most passages, and logarithmic time at worst. Buffers are reused between queries.
 */
export class TopKHeap {
  #added: Float64Array = new Float64Array(0)
  #passages = new Uint32Array(0)
  #scores = new Float64Array(0)
  #capacity = 0
  #size = 0

  /** Empties the heap. @param added The sequence number of each passage's addition. */
  begin(capacity: number, added: Float64Array): void {
    this.#added = added
    this.#passages = withRoomFor(this.#passages, capacity)
    this.#scores = withRoomFor(this.#scores, capacity)
    this.#capacity = capacity
    this.#size = 0
  }

  /**
   * A passage with a lower score cannot enter the heap; one with an equal score can if it is older.
   * 0 while there is room.
   */
  get threshold(): number {
    return this.#size < this.#capacity ? 0 : this.#scores[0]!
  }

  offer(passage: number, score: number): void {
    if (this.#size < this.#capacity) this.#rise(this.#size++, passage, score)
    else if (this.#isWorse(this.#passages[0]!, this.#scores[0]!, passage, score)) this.#sink(passage, score)
  }

  /** Sorts the passages in place, best first, and empties the heap. */
  drain(): Candidates {
    const count = this.#size
    while (this.#size > 1) {
      const worst = this.#passages[0]!
      const score = this.#scores[0]!
      const last = --this.#size
      this.#sink(this.#passages[last]!, this.#scores[last]!)
      this.#put(last, worst, score)
    }
    this.#size = 0
    return { passages: this.#passages, scores: this.#scores, count }
  }

  #isWorse(passage: number, score: number, thanPassage: number, thanScore: number): boolean {
    return score < thanScore || (score === thanScore && this.#added[passage]! > this.#added[thanPassage]!)
  }

  #rise(from: number, passage: number, score: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isWorse(passage, score, this.#passages[parent]!, this.#scores[parent]!)) break
      this.#put(place, this.#passages[parent]!, this.#scores[parent]!)
      place = parent
    }
    this.#put(place, passage, score)
  }

  /** Replaces the top with a passage. */
  #sink(passage: number, score: number): void {
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#size) break
      const right = child + 1
      if (
        right < this.#size &&
        this.#isWorse(this.#passages[right]!, this.#scores[right]!, this.#passages[child]!, this.#scores[child]!)
      )
        child = right
      if (!this.#isWorse(this.#passages[child]!, this.#scores[child]!, passage, score)) break
      this.#put(place, this.#passages[child]!, this.#scores[child]!)
      place = child
    }
    this.#put(place, passage, score)
  }

  #put(place: number, passage: number, score: number): void {
    this.#passages[place] = passage
    this.#scores[place] = score
  }
}
