/**
 * How often each word of a field counts. The fields of a passage form one bag of words. A term's
 * frequency is the weighted sum of its frequencies in the fields, and the passage's length is the
 * weighted sum of their lengths (Robertson, Zaragoza and Taylor 2004). Integers from 1. Titles and
 * headings also have a separate score.
 */
export const FIELD_WEIGHTS = { title: 1, headings: 2, text: 1 } as const

/** Share of its weight that a stop word keeps in a query. */
export const STOP_WORD_WEIGHT = 0.2

/** Lengths with a precomputed norm; passages are rarely longer. */
const TABLED_LENGTHS = 2048

/**
 * BM25's inverse document frequency of a term in `documentFrequency` of `passages` passages. Never
 * negative.
 */
export function idf(passages: number, documentFrequency: number): number {
  return Math.log(1 + (passages - documentFrequency + 0.5) / (documentFrequency + 0.5))
}

/** Document frequencies with a precomputed logarithm. */
const TABLED_FREQUENCIES = 8192
const LOGARITHMS = Float64Array.from({ length: TABLED_FREQUENCIES }, (_, i) => Math.log(i + 0.5))

/**
 * Computes `idf` for many terms of one collection, mostly from a table. Equal to `idf` up to
 * rounding.
 */
export class Idfs {
  #logarithm = 0

  /** Sets the number of passages: idf = ln((N + 1) / (df + ½)). */
  fit(passages: number): void {
    this.#logarithm = Math.log(passages + 1)
  }

  of(documentFrequency: number): number {
    const isTabled = documentFrequency < TABLED_FREQUENCIES
    return this.#logarithm - (isTabled ? LOGARITHMS[documentFrequency]! : Math.log(documentFrequency + 0.5))
  }
}

/**
 * BM25's saturation of a frequency with k1 = 1.2 and b = 0.75; below 2.2. `relativeLength` is the
 * length divided by the mean length.
 */
export function saturated(frequency: number, relativeLength: number): number {
  return (2.2 * frequency) / (frequency + 1.2 * (0.25 + 0.75 * relativeLength))
}

/**
 * Weight of a word that occurs `times` times in a query: 1 for the first occurrence, less for each
 * further one, below 4.
 */
export function repeated(times: number): number {
  return (4 * times) / (times + 3)
}

/**
 * Upper bound of a term's contribution to a passage, by the In_expB2 model of divergence from
 * randomness (Amati and van Rijsbergen 2002). With f the term's frequency in the passage, l the
 * passage's length and L the mean length, the contribution is this factor times f / (f + norm),
 * norm = 1 / log2(1 + L / l). Positive for every term that occurs.
 * @param documentFrequency Number of passages that contain the term, from 1.
 * @param occurrences Number of its occurrences in all passages.
 */
export function termFactor(passages: number, documentFrequency: number, occurrences: number): number {
  const expected = passages * -Math.expm1(occurrences * Math.log1p(-1 / passages))
  return ((occurrences + 1) / documentFrequency) * Math.log2((passages + 1) / (expected + 0.5))
}

/** The norms of all lengths for one mean length, ascending with the length. */
export class LengthNorms {
  readonly #table = new Float64Array(TABLED_LENGTHS)
  #meanLength = Number.NaN

  /** Computes the table for a mean length unless it is already in place. */
  fit(meanLength: number): this {
    if (meanLength === this.#meanLength) return this
    this.#meanLength = meanLength
    for (let length = 0; length < TABLED_LENGTHS; length++) this.#table[length] = this.#norm(length)
    return this
  }

  /**
   * Returns the norm of a passage's length: an integer from 0. Above 2,047, that of 2,047. Takes
   * half the time of `of`, whose call for long lengths slows down the loops over posting lists.
   */
  ofPassage(length: number): number {
    return this.#table[Math.min(length, TABLED_LENGTHS - 1)]!
  }

  /** Returns the norm of any length: an integer from 0. */
  of(length: number): number {
    return length < TABLED_LENGTHS ? this.#table[length]! : this.#norm(length)
  }

  /** 0 for a length of 0: log2 of infinity is infinite, and a passage of length 0 has no terms. */
  #norm(length: number): number {
    return 1 / Math.log2(1 + this.#meanLength / length)
  }
}
