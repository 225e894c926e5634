import { withRoomFor } from '../index/typed-arrays.ts'

/** Passages with their scores, best first; equal scores in order of addition. */
export interface Candidates {
  readonly passages: Uint32Array
  readonly scores: Float64Array
}

/** Some of a query's candidates. */
export interface Chosen {
  /** All candidates. */
  readonly passages: Uint32Array
  /** The indexes of the chosen ones come first. */
  readonly order: Uint32Array
  readonly count: number
}

/** The order of a query's candidates, best first. The buffer is reused between queries. */
export class CandidateOrder {
  passages: Uint32Array = new Uint32Array(0)
  order = new Uint32Array(0)
  count = 0

  /** Starts a query with all candidates, in the given order. */
  begin(passages: Uint32Array): void {
    this.passages = passages
    this.count = passages.length
    this.order = withRoomFor(this.order, this.count)
    for (let i = 0; i < this.count; i++) this.order[i] = i
  }

  /** The first `count` at most. */
  first(count: number): Chosen {
    return { passages: this.passages, order: this.order, count: Math.min(count, this.count) }
  }

  /**
   * Sorts the first `count` by total; equal totals by age. Takes little time if the order is nearly
   * right, as it is after the words have been scored.
   */
  sort(totals: Float64Array, added: Float64Array, count = this.count): void {
    const { order, passages } = this
    for (let i = 1; i < Math.min(count, this.count); i++) {
      const candidate = order[i]
      const total = totals[candidate]
      let place = i
      for (; place > 0; place--) {
        const other = order[place - 1]
        if (totals[other] > total || (totals[other] === total && added[passages[other]] < added[passages[candidate]])) break
        order[place] = other
      }
      order[place] = candidate
    }
  }
}
