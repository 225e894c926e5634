/** Words in a row that an error and a message have in common by chance, at most. */
const MAX_COMMON_WORDS = 2
const MIN_CHARS = 4
const MASK = '<*>'

/**
 * Replaces what a text quotes from `sources` by `<*>`: at least three words in a row, or a shorter
 * source as a whole. Cost: quadratic in the words of the text.
 */
export function maskQuotes(text: string, sources: readonly string[]): string {
  const known = sources.map(source => ` ${wordsOf(source).join(' ')} `).filter(source => source.length >= MIN_CHARS + 2)
  const words = wordsOf(text)
  const kept: string[] = []
  for (let at = 0; at < words.length; ) {
    const length = quotedWords(words.slice(at), known)
    kept.push(length === 0 ? (words[at] ?? '') : MASK)
    at += Math.max(1, length)
  }
  return kept.join(' ')
}

/** Number of the first words that a source has in a row; 0 for too few. */
function quotedWords(words: readonly string[], sources: readonly string[]): number {
  const run = (count: number) => ` ${words.slice(0, count).join(' ')} `
  let count = 0
  while (count < words.length && sources.some(source => source.includes(run(count + 1)))) count++
  return count > MAX_COMMON_WORDS || (count > 0 && sources.includes(run(count))) ? count : 0
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean)
}
