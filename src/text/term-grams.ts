import { isDefinitionTerm } from './definitions.ts'

const GRAM_LETTERS = 4

/**
 * Returns the distinct groups of four adjacent letters in a term, as hashes below 65,536. The
 * beginning and the end of the term count as a letter, so that they are distinctive. A shorter term
 * is one group. Different groups may share a hash, which takes less memory than storing them all.
 * The term of a definition has none: it is no spelling of a word.
 */
export function termGrams(term: string): number[] {
  if (isDefinitionTerm(term)) return []
  const marked = `^${term}$`
  const last = Math.max(0, marked.length - GRAM_LETTERS)
  const grams: number[] = []
  for (let i = 0; i <= last; i++) {
    const gram = hash(marked, i, Math.min(i + GRAM_LETTERS, marked.length))
    if (!grams.includes(gram)) grams.push(gram)
  }
  return grams
}

/**
 * Returns the groups within a term of at least four letters: every term that contains it has these
 * groups.
 */
export function innerGrams(term: string): number[] {
  return Array.from({ length: term.length - GRAM_LETTERS + 1 }, (_, i) => hash(term, i, i + GRAM_LETTERS))
}

/**
 * Returns the group that all terms with this beginning have. The beginning has at least three
 * letters.
 */
export function beginningGram(beginning: string): number {
  return hash(`^${beginning}`, 0, GRAM_LETTERS)
}

/** FNV-1a, folded to 16 bits. */
function hash(text: string, from: number, to: number): number {
  let value = 0x811c_9dc5
  for (let i = from; i < to; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x0100_0193)
  return (value ^ (value >>> 16)) & 0xffff
}
