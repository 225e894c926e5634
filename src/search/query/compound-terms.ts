import { innerGrams } from '../../text/term-grams.ts'
import type { PassageIndex } from '../index/passage-index.ts'

/** Shorter words occur inside too many unrelated words. */
const MIN_PART_LETTERS = 6
const MIN_SPLIT_LETTERS = 10
const MIN_HALF_LETTERS = 4
const MAX_COMPOUNDS = 8
/** Terms that are compared for one word. Bounds the cost. */
const MAX_CANDIDATES = 4096
const ONLY_LETTERS = /^[\p{L}\p{M}]+$/u
/** Letters that German inserts between the parts of a compound. */
const LINKS = ['', 's', 'n', 'en', 'es']

/**
 * Finds indexed terms that share a part with a word that no document contains, for languages that
 * write compounds as one word. Returns the numbers of up to 8 terms that contain the word
 * ("Versandkosten" in "Versandkostenpauschale"), the most frequent first. If there is no such term,
 * returns the two terms that the word is composed of.
 */
export function findCompounds(term: string, index: PassageIndex): readonly number[] {
  if (term.length < MIN_PART_LETTERS || !ONLY_LETTERS.test(term)) return []
  const containing = findContaining(term, index)
  return containing.length > 0 ? containing : splitCompound(term, index)
}

function findContaining(term: string, { vocabulary, postings }: PassageIndex): readonly number[] {
  const counts = innerGrams(term).map(gram => ({ gram, count: vocabulary.grams.count(gram) }))
  const rarest = counts.reduce((least, other) => (other.count < least.count ? other : least))
  if (rarest.count > MAX_CANDIDATES) return []
  const found: number[] = []
  vocabulary.grams.forEachKey(rarest.gram, candidate => {
    if (vocabulary.includes(candidate, term)) found.push(candidate)
  })
  return found.sort((a, b) => postings.count(b) - postings.count(a) || a - b).slice(0, MAX_COMPOUNDS)
}

/** Splits a word into two indexed terms, preferring the longest first part. */
function splitCompound(term: string, { vocabulary }: PassageIndex): readonly number[] {
  if (term.length < MIN_SPLIT_LETTERS) return []
  for (let at = term.length - MIN_HALF_LETTERS; at >= MIN_HALF_LETTERS; at--) {
    const second = vocabulary.find(term.slice(at))
    if (second === undefined) continue
    const head = term.slice(0, at)
    for (const link of LINKS) {
      const first = head.endsWith(link) ? vocabulary.find(head.slice(0, head.length - link.length)) : undefined
      if (first !== undefined && head.length - link.length >= MIN_HALF_LETTERS) return [first, second]
    }
  }
  return []
}
