import { withRoomFor } from '../index/typed-arrays.ts'

/**
 * The first `count` of these passages with their scores, best first; equal scores in order of
 * addition. Valid until the next query.
 */
export interface Candidates {
  readonly passages: Uint32Array
  readonly scores: Float64Array
  readonly count: number
}

/** The order of a query's candidates, best first. The buffer is reused between queries. */
export class CandidateOrder {
  passages: Uint32Array = new Uint32Array(0)
  order = new Uint32Array(0)
  count = 0

  /** Starts a query with the first `count` passages, in the given order. */
  begin(passages: Uint32Array, count: number): void {
    this.passages = passages
    this.count = count
    this.order = withRoomFor(this.order, this.count)
    for (let i = 0; i < this.count; i++) this.order[i] = i
  }

  /**
   * Sorts by total; equal totals by age. Takes little time if the order is nearly right, as it is
   * after the words have been scored.
   */
  sort(totals: Float64Array, added: Float64Array): void {
    const { order, passages, count } = this
    for (let i = 1; i < count; i++) {
      const candidate = order[i]!
      const total = totals[candidate]!
      let place = i
      for (; place > 0; place--) {
        const other = order[place - 1]!
        if (totals[other]! > total || (totals[other] === total && added[passages[other]!]! < added[passages[candidate]!]!)) break
        order[place] = other
      }
      order[place] = candidate
    }
  }
}
