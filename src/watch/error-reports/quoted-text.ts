/** Words in a row that an error and a message have in common by chance, at most. */
const MAX_COMMON_WORDS = 2
/** Length of the shortest message that is masked as a whole. */
const MIN_CHARS = 4
const MASK = '<*>'
/** A word of letters and digits, or one character of a script without spaces between words. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[[\p{L}\p{M}\p{N}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]]+/gv
/** Line breaks and the like in a text that was escaped, as in JSON. */
const ESCAPE = /\\(?:[bfnrtv]|u[\da-f]{4})/gi

/** A word of a text, from `start` to before `end`. */
interface Word {
  readonly word: string
  readonly start: number
  readonly end: number
}

/**
 * Replaces what a text quotes from `sources` by `<*>`: at least three words in a row, of which the
 * first and the last may be cut, or a shorter source as a whole. Case and all characters other than
 * letters and digits are ignored. Cost: words of the text times characters of the sources.
 */
export function maskQuotes(text: string, sources: readonly string[]): string {
  const known = [...new Set(sources.map(source => runOf(wordsOf(source))))].filter(source => source.length >= MIN_CHARS)
  const words = wordsOf(text)
  const kept: string[] = []
  let end = 0
  for (let at = 0; at < words.length; ) {
    const length = quotedWords(words.slice(at), known)
    if (length > 0) {
      kept.push(text.slice(end, words[at]?.start), MASK)
      end = words[at + length - 1]?.end ?? text.length
    }
    at += Math.max(1, length)
  }
  return kept.join('') + text.slice(end)
}

/** Number of the first words that a source has in a row; 0 for too few. */
function quotedWords(words: readonly Word[], sources: readonly string[]): number {
  let common = 0
  let whole = 0
  for (let count = 1; count <= words.length; count++) {
    const run = runOf(words.slice(0, count))
    if (!sources.some(source => source.includes(run))) break
    common = count
    if (sources.includes(run)) whole = count
  }
  return common > MAX_COMMON_WORDS ? common : whole
}

function runOf(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ')
}

function wordsOf(text: string): readonly Word[] {
  const plain = text.replace(ESCAPE, found => ' '.repeat(found.length))
  return Array.from(plain.matchAll(WORD), ({ 0: word, index }) => ({
    word: word.normalize('NFKC').toLowerCase(),
    start: index,
    end: index + word.length,
  }))
}
