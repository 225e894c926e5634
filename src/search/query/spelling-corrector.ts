import { isEnglishWord } from '../../text/english-dictionary.ts'
import { ENGLISH_LEVELS } from '../../text/english-levels.ts'
import { stem } from '../../text/porter2.ts'
import { beginningGram, termGrams } from '../../text/term-grams.ts'
import type { PassageIndex } from '../index/passage-index.ts'

/** Words of one query that are looked up under other spellings. */
const MAX_ATTEMPTS = 8
/** Terms whose edit distance is computed for one query. */
const MAX_TERMS_COMPARED = 20_000
/** A letter group that more terms contain is not selective enough. */
const MAX_TERMS_PER_GRAM = 4096
/** Shorter words are similar to too many other words. */
const MIN_CORRECTED_LETTERS = 5
/**
 * In shorter Latin words, a letter is missing, added or transposed: a replaced one makes another
 * word.
 */
const REPLACED_LETTERS = 6
/** Words of at least this length may have two mistakes instead of one. */
const TWO_EDITS_LETTERS = 9
/** Shorter words with a mistake in the ending are often correct words. */
const ENDING_LETTERS = 8
/** Letters before the end of a word in which a mistake leaves another stem. */
const LONGEST_ENDING = 7
/** Shorter parts of a word are words by chance. */
const MIN_JOINED_LETTERS = 4
const MAX_LETTERS = 32
const MAX_EDITS = 2
const MIN_BEGINNING_LETTERS = 3
const MAX_COMPLETIONS = 16

/**
 * First and last letter of alphabets whose letters are contiguous in Unicode: Latin, Greek,
 * Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Georgian.
 */
const ALPHABETS = ['az', 'άώ', 'аџ', 'աֆ', 'את', 'ءي', 'ऄ्', 'აჰ'].map(([first, last]) => lettersBetween(first!, last!))
const ONLY_LETTERS = /^[\p{L}\p{M}]+$/u
const LATIN = /^[a-z]+$/

/** English endings that stemming removes. */
const ENDINGS = [
  's es ies ed ied ing ings ation ations ition ion ions ment ments',
  'ness ity ities ly ally able ible er ers or ors ive ize ise al ance ence ous ful est y e',
].join(' ')
const HAS_ENDING = new RegExp(`(?:${ENDINGS.replaceAll(' ', '|')})$`)
/** All ends of these endings, each once: what a word cut off within an ending may lack. */
const ENDING_ENDS = new Set(ENDINGS.split(' ').flatMap(ending => [...ending].map((_, i) => ending.slice(i))))

/** Corrects the misspelt words of one query, within a budget for the whole query. */
export interface SpellingCorrector {
  /**
   * Returns the number of the indexed term that was probably meant: the one with the lowest edit
   * distance, and among equally close terms the most frequent. Undefined if no term that begins
   * alike is similar enough, for an English word, and for all words after the eighth.
   * @param term The stem of the word.
   */
  correct(term: string, word: string): number | undefined
  /** Number of edit distances computed so far, at most 20,000. */
  readonly compared: number
}

/** Creates a corrector for one query. */
export function createSpellingCorrector(index: PassageIndex): SpellingCorrector {
  const { vocabulary } = index
  const distance = createEditDistance()
  let attempts = 0
  let compared = 0

  return {
    correct(term, word) {
      if (term.length < MIN_CORRECTED_LETTERS || term.length > MAX_LETTERS || !ONLY_LETTERS.test(term)) return undefined
      // An English word is not a mistake: "paternity" is not meant to be "patterns".
      if (ENGLISH_LEVELS.has(term) || isJoined(word) || attempts++ >= MAX_ATTEMPTS || isEnglishWord(word)) return undefined
      return (
        mostFrequent([...termsOneEditAway(term, index), ...termsOneEditedEndingAway(word, index)], index) ??
        (term.length < TWO_EDITS_LETTERS ? undefined : mostFrequent(closestWithSharedGrams(term), index))
      )
    },
    get compared() {
      return compared
    },
  }

  /** The closest terms among those that share a letter group, the rarest groups first. */
  function closestWithSharedGrams(term: string): readonly number[] {
    const byDistance: number[][] = Array.from({ length: MAX_EDITS + 1 }, () => [])
    const seen = new Set<number>()
    const grams = termGrams(term).sort((a, b) => vocabulary.grams.count(a) - vocabulary.grams.count(b))
    for (const gram of grams) {
      if (vocabulary.grams.count(gram) > MAX_TERMS_PER_GRAM) break
      vocabulary.grams.forEachKey(gram, candidate => {
        if (compared >= MAX_TERMS_COMPARED) return
        if (Math.abs(vocabulary.length(candidate) - term.length) > MAX_EDITS || seen.has(candidate)) return
        if (!vocabulary.startsWith(candidate, term[0]!)) return
        seen.add(candidate)
        compared++
        const other = vocabulary.term(candidate)
        const edits = distance(term, other)
        if (edits <= MAX_EDITS && ONLY_LETTERS.test(other)) byDistance[edits]!.push(candidate)
      })
    }
    return byDistance.find(candidates => candidates.length > 0) ?? []
  }
}

/**
 * Whether a word is two frequent English words in one, such as "storybook": the name of something,
 * not a mistake in the name of something else.
 */
function isJoined(word: string): boolean {
  for (let at = MIN_JOINED_LETTERS; at <= word.length - MIN_JOINED_LETTERS; at++)
    if (isFrequent(word.slice(0, at)) && isFrequent(word.slice(at))) return true
  return false
}

function isFrequent(word: string): boolean {
  const term = stem(word)
  return term.length >= MIN_JOINED_LETTERS && ENGLISH_LEVELS.has(term)
}

/** The indexed terms, without stop words, that are a mistake after the first letter away. */
function* termsOneEditAway(term: string, { vocabulary }: PassageIndex): Generator<number> {
  for (const variant of editOnce(term, 1, term.length >= REPLACED_LETTERS || !LATIN.test(term))) {
    const found = vocabulary.find(variant)
    if (found !== undefined && vocabulary.stopTerms[found] === 0) yield found
  }
}

/**
 * The stems of English words that are a mistake in the ending away, as in "componenbts": it leaves
 * another stem, which may be several mistakes away.
 */
function* termsOneEditedEndingAway(word: string, { vocabulary }: PassageIndex): Generator<number> {
  // The stem of "deply" ends in an i, unlike that of "deploy".
  if ((word.length < ENDING_LETTERS && !word.endsWith('y')) || !LATIN.test(word)) return
  const from = Math.max(1, word.length - LONGEST_ENDING)
  if (!hasTermFrom(word.slice(0, Math.max(MIN_BEGINNING_LETTERS, from)), vocabulary)) return
  for (const variant of editOnce(word, from, word.length >= REPLACED_LETTERS)) {
    if (!HAS_ENDING.test(variant)) continue
    const found = vocabulary.find(stem(variant))
    if (found !== undefined && vocabulary.stopTerms[found] === 0) yield found
  }
}

/** Whether an indexed term begins with these letters. */
function hasTermFrom(beginning: string, vocabulary: PassageIndex['vocabulary']): boolean {
  let found = false
  vocabulary.grams.forEachKey(beginningGram(beginning), candidate => {
    found ||= vocabulary.startsWith(candidate, beginning)
  })
  return found
}

/**
 * A word with each mistake from this letter on, in letters of its alphabet. The letter may also be
 * transposed with the one before.
 */
function* editOnce(word: string, from: number, withReplaced: boolean): Generator<string> {
  const letters = ALPHABETS.find(alphabet => [...word].some(letter => alphabet.includes(letter))) ?? []
  for (let i = from - 1; i <= word.length; i++) {
    const [before, after] = [word.slice(0, i), word.slice(i)]
    yield before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2)
    if (i < from) continue
    yield before + after.slice(1)
    for (const letter of letters) {
      yield before + letter + after
      if (withReplaced) yield before + letter + after.slice(1)
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

/**
 * Completes a word: returns the numbers of up to 16 terms that begin with these letters, or that
 * are the stem of an English word that does, the most frequent first.
 */
export function completeWord(beginning: string, { vocabulary, postings }: PassageIndex): readonly number[] {
  if (beginning.length < MIN_BEGINNING_LETTERS) return []
  const found = new Set<number>()
  vocabulary.grams.forEachKey(beginningGram(beginning), candidate => {
    if (vocabulary.startsWith(candidate, beginning)) found.add(candidate)
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
 * Creates a function that computes the edit distance of two words: letters substituted, missing,
 * added or transposed with their neighbours (optimal string alignment). Exact up to 2; beyond that
 * the result is only known to be above 2. Words must fit into the rows.
 */
function createEditDistance(): (a: string, b: string) => number {
  const room = MAX_LETTERS + MAX_EDITS + 1
  let [beforeLast, last, row] = [new Uint8Array(room), new Uint8Array(room), new Uint8Array(room)]
  return (a, b) => {
    for (let j = 0; j <= b.length; j++) last[j] = j
    for (let i = 1; i <= a.length; i++) {
      row[0] = i
      let least = i
      for (let j = 1; j <= b.length; j++) {
        const letter = b.charCodeAt(j - 1)
        const isSame = a.charCodeAt(i - 1) === letter
        let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
        const isTransposed = i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === letter
        if (isTransposed) cost = Math.min(cost, beforeLast[j - 2]! + 1)
        row[j] = cost
        least = Math.min(least, cost)
      }
      if (least > MAX_EDITS) return least
      ;[beforeLast, last, row] = [last, row, beforeLast]
    }
    return last[b.length]!
  }
}

function lettersBetween(first: string, last: string): readonly string[] {
  const from = first.charCodeAt(0)
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, i) => String.fromCharCode(from + i))
}
