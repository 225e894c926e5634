import type { PassageIndex } from './passage-index.ts'
import { beginningGram, termGrams } from './term-grams.ts'

/** A group of letters that more terms have than this says too little about any of them. */
const MAX_TERMS_A_GRAM = 4096
/** Shorter words are too near to too many others. */
const MIN_CORRECTED_LETTERS = 5
/** From this length on, two mistakes are forgiven instead of one. */
const TWO_MISTAKES_LETTERS = 9
const MAX_LETTERS = 32
const MIN_BEGINNING_LETTERS = 3
const MAX_COMPLETIONS = 16

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const ONLY_LETTERS = /^[\p{L}\p{M}]+$/u

/**
 * The number of the indexed term that a misspelt one most likely stands for: the one with the fewest mistakes (letters wrong, missing, too many or
 * exchanged with their neighbours), of several the most frequent. Undefined where none is near enough.
 */
export function correctWord(term: string, index: PassageIndex): number | undefined {
  if (term.length < MIN_CORRECTED_LETTERS || term.length > MAX_LETTERS || !ONLY_LETTERS.test(term)) return undefined
  return (
    mostFrequent(withOneMistake(term, index), index) ?? (term.length < TWO_MISTAKES_LETTERS ? undefined : withGrams(term, index))
  )
}

/** The indexed terms that are one mistake in Latin letters away. */
function* withOneMistake(term: string, { vocabulary }: PassageIndex): Generator<number> {
  for (let i = 0; i <= term.length; i++) {
    const [before, after] = [term.slice(0, i), term.slice(i)]
    const variants = [before + after.slice(1), before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2)]
    for (const letter of LETTERS) variants.push(before + letter + after, before + letter + after.slice(1))
    for (const variant of variants) {
      const found = vocabulary.find(variant)
      if (found !== undefined) yield found
    }
  }
}

/** The nearest of the terms that share a group of letters. */
function withGrams(term: string, index: PassageIndex): number | undefined {
  const { vocabulary } = index
  const near: number[][] = [[], [], []]
  const seen = new Set<number>()
  for (const gram of termGrams(term)) {
    if (vocabulary.grams.count(gram) > MAX_TERMS_A_GRAM) continue
    vocabulary.grams.forEachKey(gram, candidate => {
      const other = vocabulary.term(candidate)
      if (Math.abs(other.length - term.length) > 2 || seen.has(candidate)) return
      seen.add(candidate)
      const mistakes = editDistance(term, other, 2)
      if (mistakes <= 2 && ONLY_LETTERS.test(other)) near[mistakes].push(candidate)
    })
  }
  return mostFrequent(near.find(candidates => candidates.length > 0) ?? [], index)
}

function mostFrequent(candidates: Iterable<number>, { vocabulary, postings }: PassageIndex): number | undefined {
  let best: number | undefined
  for (const candidate of candidates) {
    const more = best === undefined ? 1 : postings.count(candidate) - postings.count(best)
    if (more > 0 || (more === 0 && vocabulary.term(candidate) < vocabulary.term(best ?? candidate))) best = candidate
  }
  return best
}

/** The numbers of the most frequent terms that begin like this, at most 16. */
export function completeWord(beginning: string, { vocabulary, postings }: PassageIndex): readonly number[] {
  if (beginning.length < MIN_BEGINNING_LETTERS) return []
  const found: number[] = []
  vocabulary.grams.forEachKey(beginningGram(beginning), candidate => {
    if (vocabulary.term(candidate).startsWith(beginning)) found.push(candidate)
  })
  const byFrequency = (a: number, b: number) =>
    postings.count(b) - postings.count(a) || (vocabulary.term(a) < vocabulary.term(b) ? -1 : 1)
  return found.sort(byFrequency).slice(0, MAX_COMPLETIONS)
}

/** Letters wrong, missing, too many or exchanged with their neighbours (optimal string alignment); more than `most` where there are more. */
function editDistance(a: string, b: string, most: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, beforeLast[j - 2] + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    if (least > most) return least
    beforeLast = last
    last = row
  }
  return last[b.length]
}
