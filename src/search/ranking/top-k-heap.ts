/**
 * The best passages seen so far, at most `capacity`: a binary heap with the worst on top. Of equal scores the passage added earlier to the index is the better.
 * Offering costs constant time for most, and at worst the logarithm of the capacity.
 */
export class TopPassages {
  readonly #added: Float64Array
  readonly #passages: Uint32Array
  readonly #scores: Float64Array
  #size = 0

  /** `added` tells of each passage when it came, as a count. `capacity` is a whole number from 1. */
  constructor(capacity: number, added: Float64Array) {
    this.#added = added
    this.#passages = new Uint32Array(capacity)
    this.#scores = new Float64Array(capacity)
  }

  /** A passage that scores less than this cannot get in; one that scores as much still can, by its age. 0 while there is room. */
  get threshold(): number {
    return this.#size < this.#scores.length ? 0 : this.#scores[0]
  }

  offer(passage: number, score: number): void {
    if (this.#size < this.#scores.length) this.#rise(this.#size++, passage, score)
    else if (this.#isWorse(this.#passages[0], this.#scores[0], passage, score)) this.#sink(passage, score)
  }

  /** The passages with their scores, best first. Empties the heap. */
  drain(): { readonly passage: number; readonly score: number }[] {
    const best: { passage: number; score: number }[] = []
    while (this.#size > 0) {
      best.push({ passage: this.#passages[0], score: this.#scores[0] })
      this.#size--
      if (this.#size > 0) this.#sink(this.#passages[this.#size], this.#scores[this.#size])
    }
    return best.reverse()
  }

  #isWorse(passage: number, score: number, thanPassage: number, thanScore: number): boolean {
    return score < thanScore || (score === thanScore && this.#added[passage] > this.#added[thanPassage])
  }

  #rise(from: number, passage: number, score: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isWorse(passage, score, this.#passages[parent], this.#scores[parent])) break
      this.#put(place, this.#passages[parent], this.#scores[parent])
      place = parent
    }
    this.#put(place, passage, score)
  }

  /** Puts a passage in the top's stead. */
  #sink(passage: number, score: number): void {
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#size) break
      const right = child + 1
      if (
        right < this.#size &&
        this.#isWorse(this.#passages[right], this.#scores[right], this.#passages[child], this.#scores[child])
      )
        child = right
      if (!this.#isWorse(this.#passages[child], this.#scores[child], passage, score)) break
      this.#put(place, this.#passages[child], this.#scores[child])
      place = child
    }
    this.#put(place, passage, score)
  }

  #put(place: number, passage: number, score: number): void {
    this.#passages[place] = passage
    this.#scores[place] = score
  }
}
