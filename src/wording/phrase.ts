/**
 * A phrase of small talk, such as `(hello/hi) [my] friend`: at each position one of several word
 * sequences, of which an empty one makes the position optional.
 */
export type Phrase = readonly (readonly (readonly string[])[])[]

/** `[optional/words]`, `(one/of these)` or a word with alternatives. */
const POSITION = /\[([^()[\]]*)\]|\(([^()[\]]*)\)|([^\s()[\]]+)/g
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu
const APOSTROPHE = /['’‘`´]/g
/** A letter that is repeated for emphasis: "hiiii". */
const STRETCHED = /(\p{L})\1{2,}/gu

/** Splits a text into the words that phrases are compared by. Ignores case and apostrophes. */
export function splitWords(text: string): readonly string[] {
  return text.normalize('NFKC').toLowerCase().replace(APOSTROPHE, '').replace(STRETCHED, '$1').match(WORD) ?? []
}

/** Parses a phrase. */
export function parsePhrase(text: string): Phrase {
  return [...text.matchAll(POSITION)].flatMap(([, optional, group, word]) => {
    const sequences = (optional ?? group ?? word ?? '').split('/').map(splitWords)
    const used = sequences.filter(({ length }) => length > 0)
    return used.length === 0 ? [] : [optional === undefined ? used : [[], ...used]]
  })
}

/** Whether a text can be parsed as a phrase with at least one required word. */
export function isPhrase(text: string): boolean {
  return !/[()[\]]/.test(text.replace(POSITION, '')) && parsePhrase(text).some(sequences => sequences[0]!.length > 0)
}

/** The words that a phrase can begin with. */
export function firstWords(phrase: Phrase): readonly string[] {
  const required = phrase.findIndex(sequences => sequences[0]!.length > 0)
  return phrase.slice(0, required + 1).flatMap(sequences => sequences.flatMap(([first]) => first ?? []))
}

/** Where a phrase that begins at `start` can end: indices of the words after it. */
export function findEnds(phrase: Phrase, words: readonly string[], start: number): readonly number[] {
  let ends = [start]
  for (const sequences of phrase) {
    const next = ends.flatMap(end =>
      sequences.filter(sequence => sequence.every((word, i) => words[end + i] === word)).map(({ length }) => end + length),
    )
    ends = [...new Set(next)]
    if (ends.length === 0) break
  }
  return ends
}
