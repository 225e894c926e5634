/**
 * Number of a question's letter groups that a text contains, and number of all groups of the text.
 */
export interface GroupCount {
  readonly shared: number
  readonly total: number
}

/** Counts the letter groups that texts share with a question. Linear time. */
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
/** By UTF-16 code unit: 0 unknown, 1 letter, digit or mark, 2 anything else. */
const letters = new Uint8Array(65_536)
const ONLY_ASCII = /^[\0-\x7f]*$/

/**
 * Collects the groups of four consecutive letters of a question, which misspelt, compound and
 * inflected words share. Folds case and Latin diacritics; words are separated by one space. Groups
 * are compared by 32-bit hashes.
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

/** Computes the hash of each group. Other characters, the start and the end count as one space. */
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

/** Classifies a UTF-16 code unit, with a cache. Half of a surrogate pair counts as a letter. */
function isLetter(unit: number): boolean {
  if (letters[unit] === 0) letters[unit] = LETTER.test(String.fromCharCode(unit)) ? 1 : 2
  return letters[unit] === 1
}

function fold(text: string): string {
  const bare = ONLY_ASCII.test(text) ? text : text.normalize('NFKD').replace(/(?<=\p{sc=Latn})[\u0300-\u036f]+/gu, '')
  return bare.toLowerCase()
}
