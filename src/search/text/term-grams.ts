const GRAM_LETTERS = 4
/** Grams are told apart by their hash alone: some share a number, which costs less than keeping them all. */
export const GRAM_LISTS = 1 << 16

/**
 * The groups of four neighbouring letters in a term, each once, as numbers below 65,536. A term's beginning and end count as a letter, so that
 * those stand out; a shorter term is one group.
 */
export function termGrams(term: string): number[] {
  const marked = `^${term}$`
  const last = Math.max(0, marked.length - GRAM_LETTERS)
  const grams: number[] = []
  for (let i = 0; i <= last; i++) {
    const gram = hash(marked, i, Math.min(i + GRAM_LETTERS, marked.length))
    if (!grams.includes(gram)) grams.push(gram)
  }
  return grams
}

/** The groups within a term of at least four letters: those that every term has which contains it. */
export function innerGrams(term: string): number[] {
  return Array.from({ length: term.length - GRAM_LETTERS + 1 }, (_, i) => hash(term, i, i + GRAM_LETTERS))
}

/** The number of the group that the terms with this beginning have; the beginning must have at least three letters. */
export function beginningGram(beginning: string): number {
  return hash(`^${beginning}`, 0, GRAM_LETTERS)
}

/** FNV-1a, folded to 16 bits. */
function hash(text: string, from: number, to: number): number {
  let value = 0x811c_9dc5
  for (let i = from; i < to; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x0100_0193)
  return (value ^ (value >>> 16)) & 0xffff
}
