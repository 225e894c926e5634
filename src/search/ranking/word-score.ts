/**
 * How often a word of each field counts. A passage's fields become one bag of words: a term's frequency is the weighted sum of its frequencies in them,
 * and the passage's length the weighted sum of their lengths (Robertson, Zaragoza and Taylor 2004). Whole numbers from 1. Titles and headings have a
 * score of their own besides.
 */
export const FIELD_WEIGHTS = { title: 1, headings: 2, text: 1 } as const

/** What a stop word keeps of its weight in a query. */
export const STOP_WORD_WEIGHT = 0.2

/** Lengths whose norm is computed beforehand; no passage of the usual size is longer. */
const TABLED_LENGTHS = 2048

/** Inverse document frequency as in BM25, never negative: of a term that stands in `documentFrequency` of `passages` passages. */
export function idf(passages: number, documentFrequency: number): number {
  return Math.log(1 + (passages - documentFrequency + 0.5) / (documentFrequency + 0.5))
}

/** Frequencies whose idf is computed with a table. */
const TABLED_FREQUENCIES = 8192
const LOGARITHMS = Float64Array.from({ length: TABLED_FREQUENCIES }, (_, i) => Math.log(i + 0.5))

/** `idf` for many terms of one collection, with a table in place of most logarithms; equal to it but for rounding. */
export class Idfs {
  #logarithm = 0

  /** Sets how many passages there are: idf = ln((N + 1) / (df + ½)). */
  fit(passages: number): void {
    this.#logarithm = Math.log(passages + 1)
  }

  of(documentFrequency: number): number {
    const isTabled = documentFrequency < TABLED_FREQUENCIES
    return this.#logarithm - (isTabled ? LOGARITHMS[documentFrequency] : Math.log(documentFrequency + 0.5))
  }
}

/** BM25's saturation of a frequency, at most 2.2, with k1 1.2 and b .75; `relativeLength` is the length by the mean length. */
export function saturated(frequency: number, relativeLength: number): number {
  return (2.2 * frequency) / (frequency + 1.2 * (0.25 + 0.75 * relativeLength))
}

/** What a word counts that stands `times` times in a query: each time less, at most 4. */
export function repeated(times: number): number {
  return (4 * times) / (times + 3)
}

/**
 * What a term brings to a passage at most, by the model In_expB2 of divergence from randomness (Amati and van Rijsbergen 2002). With f its frequency
 * in the passage, l the passage's length and L the mean length, it brings this factor times f / (f + norm), where norm = 1 / log2(1 + L / l).
 * Always above 0 for a term that stands somewhere.
 * @param documentFrequency Passages it stands in, from 1.
 * @param occurrences How often it stands in all of them together.
 */
export function termFactor(passages: number, documentFrequency: number, occurrences: number): number {
  const expected = passages * -Math.expm1(occurrences * Math.log1p(-1 / passages))
  return ((occurrences + 1) / documentFrequency) * Math.log2((passages + 1) / (expected + 0.5))
}

/** The norms of all lengths for a mean length, ascending with the length. */
export class LengthNorms {
  readonly #table = new Float64Array(TABLED_LENGTHS)
  #meanLength = Number.NaN

  /** Makes the table fit the mean length: constant time, none if it already does. */
  fit(meanLength: number): this {
    if (meanLength === this.#meanLength) return this
    this.#meanLength = meanLength
    for (let length = 0; length < TABLED_LENGTHS; length++) this.#table[length] = this.#norm(length)
    return this
  }

  /** The norm of a length: a whole number from 0. */
  of(length: number): number {
    return length < TABLED_LENGTHS ? this.#table[length] : this.#norm(length)
  }

  /** 0 for a length of 0: log2 of infinity is infinite, and what has no length has no terms. */
  #norm(length: number): number {
    return 1 / Math.log2(1 + this.#meanLength / length)
  }
}
