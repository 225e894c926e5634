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
const LETTER = /^[\p{L}\p{N}\p{M}\p{Cs}]$/u
/** By UTF-16 unit: 0 for not yet known, 1 for letters, digits and marks, 2 for all else. */
const letters = new Uint8Array(65_536)
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

/** Takes the hash of each group. Text that is not letters counts as one space, as do the beginning and the end. */
function eachGroup(text: string, take: (hash: number) => void): void {
  const folded = fold(text)
  let [a, b, c] = [0, 0, SPACE]
  let taken = 0
  for (let i = 0; i <= folded.length; i++) {
    const unit = i < folded.length ? folded.charCodeAt(i) : SPACE
    const d = isLetter(unit) ? unit : SPACE
    if (d === SPACE && c === SPACE) continue
    if (++taken >= GROUP_LETTERS - 1) take((Math.imul(Math.imul(Math.imul(a, FACTOR) + b, FACTOR) + c, FACTOR) + d) | 0)
    a = b
    b = c
    c = d
  }
}

/** Looks a UTF-16 unit up, each once by its properties; a half of a character outside the basic plane counts as a letter. */
function isLetter(unit: number): boolean {
  if (letters[unit] === 0) letters[unit] = LETTER.test(String.fromCharCode(unit)) ? 1 : 2
  return letters[unit] === 1
}

function fold(text: string): string {
  const bare = ONLY_ASCII.test(text) ? text : text.normalize('NFKD').replace(/(?<=\p{sc=Latn})[\u0300-\u036f]+/gu, '')
  return bare.toLowerCase()
}
