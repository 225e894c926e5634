import { withRoomFor } from '../../index/typed-arrays.ts'

/** A set of numbers that is cleared in constant time. Buffers are reused. */
export class SeenNumbers {
  /** By number: the round in which it was last seen. */
  #seenIn = new Uint32Array(0)
  #round = 0

  /** Clears the set, and makes room for numbers below `slots`. */
  begin(slots: number): void {
    this.#seenIn = withRoomFor(this.#seenIn, slots)
    if (this.#round === 0xffff_ffff) {
      this.#round = 0
      this.#seenIn.fill(0)
    }
    this.#round++
  }

  /** Adds a number. Returns whether it is new. */
  add(number: number): boolean {
    if (this.#seenIn[number] === this.#round) return false
    this.#seenIn[number] = this.#round
    return true
  }
}
