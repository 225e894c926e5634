import { distance } from 'fastest-levenshtein'

/** Longer than any name that we have, or that a slip of the finger makes of one; it bounds the cost. */
const MAX_WRITTEN_LENGTH = 32

/**
 * The names that may have been meant by a mistyped one, nearest first, at most `limit`, without regard to case. A name is near when it begins
 * with what was written, or when as many edits lead to it as a third of its letters, rounded down, but always one. Nothing is near to a text
 * of more than 32 characters; up to there it costs their square for each name.
 */
export function nearestNames(written: string, names: readonly string[], limit = 1): string[] {
  if (written === '' || written.length > MAX_WRITTEN_LENGTH) return []
  const text = written.toLowerCase()
  return names
    .map(name => ({ name, cost: cost(text, name.toLowerCase()) }))
    .filter(({ cost }) => cost < Infinity)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, limit)
    .map(({ name }) => name)
}

/** Edits, less a share of one for each letter that is right from the start: people mistype the first letters least. */
function cost(written: string, name: string): number {
  const edits = name.startsWith(written) ? 1 : editDistance(written, name)
  if (edits > Math.max(1, Math.floor(name.length / 3))) return Infinity
  return edits - sharedPrefixLength(written, name) / Math.max(written.length, name.length)
}

/** Levenshtein's distance where, as Damerau has it, one swap of neighbours counts as one edit. */
function editDistance(written: string, name: string): number {
  let least = distance(written, name)
  for (let i = 1; i < written.length; i++) {
    const swapped = written.slice(0, i - 1) + written[i] + written[i - 1] + written.slice(i + 1)
    least = Math.min(least, 1 + distance(swapped, name))
  }
  return least
}

function sharedPrefixLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
