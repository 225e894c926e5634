import dictionary from 'dictionary-en'

/** A word at the beginning of a line of the dictionary, before its flags. */
const ENTRY = /^[^/\n]+/gm
/** Endings of English words, and what the entry has instead. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/(?:'s|s|(?<=e)d)$/, ''],
  [/(?:es|ed|ing|ers?|ly|ness)$/, ''],
  [/(?:es|ed|ing|ers?|ions?)$/, 'e'],
  [/(?:ies|ied|ier|iest|ily|iness)$/, 'y'],
  [/(?<=[^aeiou][aeiou])([bdgmnprt])\1(?:ing|ed|ers?)$/, '$1'],
]

let entries: ReadonlySet<string> | undefined

/**
 * Whether a word is in the English dictionary of SCOWL, itself or without an ending. The first call
 * takes about 12 ms, and keeps some 4 MB.
 * @param word In lower case.
 */
export function isEnglishWord(word: string): boolean {
  entries ??= new Set(new TextDecoder().decode(dictionary.dic).toLowerCase().match(ENTRY))
  return (
    entries.has(word) || ENDINGS.some(([ending, instead]) => ending.test(word) && entries!.has(word.replace(ending, instead)))
  )
}
