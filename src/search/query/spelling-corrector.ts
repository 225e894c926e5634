import type { PassageIndex } from '../index/passage-index.ts'
import { stem } from '../text/porter2.ts'
import { beginningGram, termGrams } from '../text/term-grams.ts'

/** Words of one query that are looked up under other spellings. */
const MAX_ATTEMPTS = 8
/** Terms compared for one query, letter by letter. */
const MAX_TERMS_COMPARED = 20_000
/** A group of letters that more terms have than this says too little about any of them. */
const MAX_TERMS_A_GRAM = 4096
/** Shorter words are too near to too many others. */
const MIN_CORRECTED_LETTERS = 5
/** From this length on, two mistakes are forgiven instead of one. */
const TWO_MISTAKES_LETTERS = 9
const MAX_LETTERS = 32
const MAX_MISTAKES = 2
const MIN_BEGINNING_LETTERS = 3
const MAX_COMPLETIONS = 16

/** First and last letter of alphabets whose letters follow each other in Unicode: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Georgian. */
const ALPHABETS = ['az', 'άώ', 'аџ', 'աֆ', 'את', 'ءي', 'ऄ्', 'აჰ'].map(([first, last]) => lettersBetween(first, last))
const ONLY_LETTERS = /^[\p{L}\p{M}]+$/u
const LATIN = /^[a-z]+$/

/** English endings that a stem lacks. */
const ENDINGS =
  's es ies ed ied ing ings ation ations ition ion ions ment ments ness ity ities ly ally able ible er ers or ors ive ize ise al ance ence ous ful est y e'
/** What may be missing of a word that ends so: each ending's own ends, each once. */
const ENDING_ENDS = new Set(ENDINGS.split(' ').flatMap(ending => [...ending].map((_, i) => ending.slice(i))))

/** Corrects the misspelt words of one query, within a budget for all of them. */
export interface Corrector {
  /**
   * The number of the indexed term that a misspelt one most likely stands for: the one with the fewest mistakes (letters wrong, missing, too many or
   * exchanged with their neighbours), of several the most frequent. Undefined where none is near enough, and for all words after the eighth.
   */
  correct(term: string): number | undefined
  /** Terms compared letter by letter so far, at most 20,000. */
  readonly compared: number
}

/** A corrector for one query. */
export function createCorrector(index: PassageIndex): Corrector {
  const { vocabulary } = index
  const distance = createDistance()
  let attempts = 0
  let compared = 0

  return {
    correct(term) {
      if (term.length < MIN_CORRECTED_LETTERS || term.length > MAX_LETTERS || !ONLY_LETTERS.test(term)) return undefined
      if (attempts++ >= MAX_ATTEMPTS) return undefined
      return (
        mostFrequent(withOneMistake(term, index), index) ??
        (term.length < TWO_MISTAKES_LETTERS ? undefined : mostFrequent(withSharedGrams(term), index))
      )
    },
    get compared() {
      return compared
    },
  }

  /** The nearest of the terms that share a group of letters, the groups that tell most first. */
  function withSharedGrams(term: string): readonly number[] {
    const near: number[][] = Array.from({ length: MAX_MISTAKES + 1 }, () => [])
    const seen = new Set<number>()
    const grams = termGrams(term).sort((a, b) => vocabulary.grams.count(a) - vocabulary.grams.count(b))
    for (const gram of grams) {
      if (vocabulary.grams.count(gram) > MAX_TERMS_A_GRAM) break
      vocabulary.grams.forEachKey(gram, candidate => {
        if (compared >= MAX_TERMS_COMPARED) return
        const other = vocabulary.term(candidate)
        if (Math.abs(other.length - term.length) > MAX_MISTAKES || seen.has(candidate)) return
        seen.add(candidate)
        compared++
        const mistakes = distance(term, other)
        if (mistakes <= MAX_MISTAKES && ONLY_LETTERS.test(other)) near[mistakes].push(candidate)
      })
    }
    return near.find(candidates => candidates.length > 0) ?? []
  }
}

/** The indexed terms that are one mistake in letters of the term's alphabet away. */
function* withOneMistake(term: string, { vocabulary }: PassageIndex): Generator<number> {
  const letters = ALPHABETS.find(alphabet => [...term].some(letter => alphabet.includes(letter))) ?? []
  for (let i = 0; i <= term.length; i++) {
    const [before, after] = [term.slice(0, i), term.slice(i)]
    const variants = [before + after.slice(1), before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2)]
    for (const letter of letters) variants.push(before + letter + after, before + letter + after.slice(1))
    for (const variant of variants) {
      const found = vocabulary.find(variant)
      if (found !== undefined) yield found
    }
  }
}

function mostFrequent(candidates: Iterable<number>, { vocabulary, postings }: PassageIndex): number | undefined {
  let best: number | undefined
  for (const candidate of candidates) {
    const more = best === undefined ? 1 : postings.count(candidate) - postings.count(best)
    if (more > 0 || (more === 0 && vocabulary.term(candidate) < vocabulary.term(best ?? candidate))) best = candidate
  }
  return best
}

/** The numbers of the most frequent terms that begin like this, or that are the stem of an English word that does, at most 16. */
export function completeWord(beginning: string, { vocabulary, postings }: PassageIndex): readonly number[] {
  if (beginning.length < MIN_BEGINNING_LETTERS) return []
  const found = new Set<number>()
  vocabulary.grams.forEachKey(beginningGram(beginning), candidate => {
    if (vocabulary.term(candidate).startsWith(beginning)) found.add(candidate)
  })
  for (const end of LATIN.test(beginning) ? ENDING_ENDS : []) {
    const number = vocabulary.find(stem(beginning + end))
    if (number !== undefined) found.add(number)
  }
  const byFrequency = (a: number, b: number) =>
    postings.count(b) - postings.count(a) || (vocabulary.term(a) < vocabulary.term(b) ? -1 : 1)
  return [...found].sort(byFrequency).slice(0, MAX_COMPLETIONS)
}

/**
 * A function that counts letters wrong, missing, too many or exchanged with their neighbours (optimal string alignment) between two words that
 * fit into its rows; more than two where there are more.
 */
function createDistance(): (a: string, b: string) => number {
  const room = MAX_LETTERS + MAX_MISTAKES + 1
  let [beforeLast, last, row] = [new Uint8Array(room), new Uint8Array(room), new Uint8Array(room)]
  return (a, b) => {
    for (let j = 0; j <= b.length; j++) last[j] = j
    for (let i = 1; i <= a.length; i++) {
      row[0] = i
      let least = i
      for (let j = 1; j <= b.length; j++) {
        const letter = b.charCodeAt(j - 1)
        const isSame = a.charCodeAt(i - 1) === letter
        let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1))
        const isExchanged = i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === letter
        if (isExchanged) cost = Math.min(cost, beforeLast[j - 2] + 1)
        row[j] = cost
        least = Math.min(least, cost)
      }
      if (least > MAX_MISTAKES) return least
      ;[beforeLast, last, row] = [last, row, beforeLast]
    }
    return last[b.length]
  }
}

function lettersBetween(first: string, last: string): readonly string[] {
  const from = first.charCodeAt(0)
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, i) => String.fromCharCode(from + i))
}
