import { stemArabic } from './arabic.ts'
import { stem } from './porter2.ts'
import { STOP_WORDS } from './stop-words.ts'

/**
 * A token of a text: a word, or in scripts written without spaces a character or a pair of
 * characters.
 */
export interface Token {
  /** As written, with case and Latin diacritics folded. */
  readonly word: string
  /** The indexed form: the word's stem. */
  readonly term: string
  /** Position in the text, in UTF-16 code units; `end` is exclusive. */
  readonly start: number
  readonly end: number
  readonly stopWord: boolean
}

type Word = Pick<Token, 'word' | 'term' | 'stopWord'>

const LETTER = String.raw`[\p{L}\p{N}\p{M}]`
/**
 * Scripts that put no spaces between words; by script extension, to include the marks and signs
 * that they share.
 */
const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]`
const CONTRACTION = `['’](?:s|t|re|ve|ll|d|m)`
const WORD = new RegExp(
  `(?<unspaced>[${LETTER}&&${UNSPACED}]+)|[${LETTER}--${UNSPACED}]{1,64}(?:${CONTRACTION}(?!${LETTER}))?`,
  'giv',
)
/**
 * Matches in ASCII text what `WORD` matches, several times as fast. Longer runs of letters are cut,
 * which bounds the length of terms.
 */
const ASCII_WORD = /[a-z0-9]{1,64}(?:'(?:s|t|re|ve|ll|d|m)(?![a-z0-9]))?/gi

/**
 * A letter with its combining marks. Long runs of marks are cut, which bounds the length of terms.
 */
const CHARACTER = /\P{M}\p{M}{0,8}|\p{M}{1,8}/gu

/** The language of fenced code. */
const FENCE_LANGUAGE = /(?<=^ *`{3,})[^`\s]+$/gm

const ONLY_ASCII = /^[\0-\x7f]*$/

const STOP_TERMS: ReadonlySet<string> = new Set([...STOP_WORDS].map(stem))

/**
 * Distinct words in the cache, about 10 MB. A full cache is emptied, which costs less than tracking
 * recent use.
 */
const MAX_CACHED_WORDS = 50_000
const cachedWords = new Map<string, Word>()

/**
 * Splits a text into tokens, in order of their ends. Words are runs of letters, digits and marks,
 * including the ending of an English contraction. Han, kana, Thai, Lao, Khmer and Burmese, which
 * put no spaces between words, yield each character and each pair of adjacent characters. The
 * language after the fence of Markdown code is not a word of the text. Accepts any text, including
 * lone surrogates. Time and memory are linear in the text's length.
 */
export function analyse(written: string): Token[] {
  const text = written.includes('```') ? written.replace(FENCE_LANGUAGE, blank) : written
  const tokens: Token[] = []
  const pattern = ONLY_ASCII.test(text) ? ASCII_WORD : WORD
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const run = match[0]
    const start = match.index
    if (match.groups?.unspaced === undefined) {
      const { word, term, stopWord } = lookUpWord(run)
      tokens.push({ word, term, start, end: start + run.length, stopWord })
    } else pushCharacters(tokens, run, start)
  }
  return tokens
}

function blank(text: string): string {
  return ' '.repeat(text.length)
}

/** Returns whether a term is the stem of a stop word. */
export function isStopTerm(term: string): boolean {
  return STOP_TERMS.has(term)
}

/**
 * Folds case, compatibility forms and the diacritics of Latin letters. Other scripts keep their
 * marks, which distinguish words there.
 */
function fold(word: string): string {
  if (ONLY_ASCII.test(word)) return word.toLowerCase()
  const bare = word
    .replace('’', "'")
    .normalize('NFKD')
    .replace(/(?<=\p{sc=Latn})[\u0300-\u036f]+/gu, '')
  return bare.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFC')
}

function lookUpWord(written: string): Word {
  const known = cachedWords.get(written)
  if (known !== undefined) return known
  // V8 slices of at least 13 characters keep the whole text alive: copy them.
  const own = written.length < 13 ? written : Buffer.from(written).toString()
  const word = fold(own)
  const made = { word, term: termOf(word), stopWord: STOP_WORDS.has(word) }
  if (cachedWords.size >= MAX_CACHED_WORDS) cachedWords.clear()
  cachedWords.set(own, made)
  return made
}

function termOf(word: string): string {
  if (/^[a-z']+$/.test(word)) return stem(word)
  return /^[\p{sc=Arabic}\p{M}\u0640]+$/u.test(word) ? stemArabic(word) || word : word
}

function pushCharacters(tokens: Token[], run: string, offset: number): void {
  let previous: Token | undefined
  for (const match of run.matchAll(CHARACTER)) {
    const word = fold(match[0])
    const start = offset + match.index
    const token = { word, term: word, start, end: start + match[0].length, stopWord: false }
    tokens.push(token)
    if (previous !== undefined) {
      const pair = previous.word + word
      tokens.push({ word: pair, term: pair, start: previous.start, end: token.end, stopWord: false })
    }
    previous = token
  }
}
