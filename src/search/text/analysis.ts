import { stemArabic } from './arabic.ts'
import { stem } from './porter2.ts'
import { STOP_WORDS } from './stop-words.ts'

/** A searchable unit of a text: a word, or in scripts written without spaces a character or a pair of them. */
export interface Token {
  /** As written, case and Latin diacritics folded. */
  readonly word: string
  /** What is indexed and looked up: the word's stem. */
  readonly term: string
  /** Where it stands in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number
  readonly end: number
  readonly stopWord: boolean
}

type Word = Pick<Token, 'word' | 'term' | 'stopWord'>

const LETTER = String.raw`[\p{L}\p{N}\p{M}]`
/** Scripts that put no spaces between words; by extension, so that the marks and signs they share are theirs. */
const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]`
const CONTRACTION = `['’](?:s|t|re|ve|ll|d|m)`
const WORD = new RegExp(
  `(?<unspaced>[${LETTER}&&${UNSPACED}]+)|[${LETTER}--${UNSPACED}]{1,64}(?:${CONTRACTION}(?!${LETTER}))?`,
  'giv',
)
/** Finds in ASCII what `WORD` does, several times as fast. A longer run of letters is cut, so that no term is longer. */
const ASCII_WORD = /[a-z0-9]{1,64}(?:'(?:s|t|re|ve|ll|d|m)(?![a-z0-9]))?/gi

/** A letter with the marks that belong to it. A run of marks is cut, for terms must stay short. */
const CHARACTER = /\P{M}\p{M}{0,8}|\p{M}{1,8}/gu

const ONLY_ASCII = /^[\0-\x7f]*$/

const STOP_TERMS: ReadonlySet<string> = new Set([...STOP_WORDS].map(stem))

/** Distinct words remembered, some 10 MB; past that all are forgotten, which costs less than keeping count of who was used last. */
const MAX_REMEMBERED_WORDS = 50_000
const remembered = new Map<string, Word>()

/**
 * Splits a text into its searchable units, in order of their ends. Words are runs of letters, digits and marks, with an English contraction's ending;
 * Han, kana, Thai, Lao, Khmer and Burmese, which put no spaces between words, yield every character and every pair of neighbours.
 * Takes any text, lone surrogates included; time and memory grow with its length alone.
 */
export function analyse(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = ONLY_ASCII.test(text) ? ASCII_WORD : WORD
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const written = match[0]
    const start = match.index
    if (match.groups?.unspaced === undefined) {
      const { word, term, stopWord } = recall(written)
      tokens.push({ word, term, start, end: start + written.length, stopWord })
    } else pushCharacters(tokens, written, start)
  }
  return tokens
}

/** Whether a term is that of a stop word, however it was written. */
export function isStopTerm(term: string): boolean {
  return STOP_TERMS.has(term)
}

/** Folds case, compatibility forms and the diacritics of Latin letters. Other scripts keep their marks: there they tell words apart. */
function fold(word: string): string {
  if (ONLY_ASCII.test(word)) return word.toLowerCase()
  const bare = word
    .replace('’', "'")
    .normalize('NFKD')
    .replace(/(?<=\p{sc=Latn})[\u0300-\u036f]+/gu, '')
  return bare.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFC')
}

function recall(written: string): Word {
  const known = remembered.get(written)
  if (known !== undefined) return known
  // A slice of 13 characters or more shares the memory of the text it was cut from, and would keep all of it alive.
  const own = written.length < 13 ? written : Buffer.from(written).toString()
  const word = fold(own)
  const made = { word, term: termOf(word), stopWord: STOP_WORDS.has(word) }
  if (remembered.size >= MAX_REMEMBERED_WORDS) remembered.clear()
  remembered.set(own, made)
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
