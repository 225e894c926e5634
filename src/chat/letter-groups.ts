/** How many of a question's groups of four letters a text has, and how many groups the text has in all. */
export interface GroupCount {
  readonly shared: number
  readonly total: number
}

/** Counts a text's groups against those of one question. Linear time. */
export interface LetterGroups {
  /** Distinct groups of the question. */
  readonly size: number
  count(text: string): GroupCount
}

const GROUP_LETTERS = 4
/** Spreads 16-bit characters over the 32 bits of a hash. */
const FACTOR = 65_599
const SPACE = 32
const OTHER_THAN_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu
const ONLY_ASCII = /^[\0-\x7f]*$/

/**
 * The groups of four neighbouring letters of a question, case and Latin diacritics folded, words bounded by one space: what misspelt, compound
 * and inflected words still have in common. Groups are compared by a hash of 32 bits.
 */
export function createLetterGroups(question: string): LetterGroups {
  const numbers = new Map<number, number>()
  eachGroup(question, hash => {
    if (!numbers.has(hash)) numbers.set(hash, numbers.size)
  })
  const seenIn = new Uint32Array(numbers.size)
  let texts = 0
  return {
    size: numbers.size,
    count(text) {
      texts++
      let shared = 0
      let total = 0
      eachGroup(text, hash => {
        total++
        const number = numbers.get(hash)
        if (number === undefined || seenIn[number] === texts) return
        seenIn[number] = texts
        shared++
      })
      return { shared, total }
    },
  }
}

function eachGroup(text: string, take: (hash: number) => void): void {
  const folded = fold(text)
  // A space before and one after. They are not joined to the text, for reading a joined string by index can copy it each time.
  let [a, b, c] = [0, 0, SPACE]
  for (let i = 0; i <= folded.length; i++) {
    const d = i < folded.length ? folded.charCodeAt(i) : SPACE
    if (i >= GROUP_LETTERS - 2) take((Math.imul(Math.imul(Math.imul(a, FACTOR) + b, FACTOR) + c, FACTOR) + d) | 0)
    a = b
    b = c
    c = d
  }
}

function fold(text: string): string {
  const bare = ONLY_ASCII.test(text) ? text : text.normalize('NFKD').replace(/(?<=\p{sc=Latn})[\u0300-\u036f]+/gu, '')
  return bare.toLowerCase().replace(OTHER_THAN_LETTERS, ' ').trim()
}
