import { distance } from 'fastest-levenshtein'

/** Longer than any name, mistyped or not. Bounds the cost. */
const MAX_TYPED_LENGTH = 32

/**
 * Finds the names closest to a mistyped one, closest first, ignoring case. A name is close if it
 * starts with the text, or if at most a third of its letters (at least one) have to be edited.
 * Returns none for a text of more than 32 characters. Cost per name: length of the text squared.
 */
export function nearestNames(typed: string, names: readonly string[], limit = 1): string[] {
  if (typed === '' || typed.length > MAX_TYPED_LENGTH) return []
  const text = typed.toLowerCase()
  return names
    .map(name => ({ name, cost: cost(text, name.toLowerCase()) }))
    .filter(({ cost }) => cost < Infinity)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, limit)
    .map(({ name }) => name)
}

/**
 * The number of edits, minus a fraction for each correct leading letter: first letters are mistyped
 * least.
 */
function cost(typed: string, name: string): number {
  const edits = name.startsWith(typed) ? 1 : editDistance(typed, name)
  if (edits > Math.max(1, Math.floor(name.length / 3))) return Infinity
  return edits - sharedPrefixLength(typed, name) / Math.max(typed.length, name.length)
}

/**
 * Damerau–Levenshtein distance for one swap: exchanging two neighbouring letters counts as one
 * edit.
 */
function editDistance(typed: string, name: string): number {
  let least = distance(typed, name)
  for (let i = 1; i < typed.length; i++) {
    const swapped = typed.slice(0, i - 1) + typed[i] + typed[i - 1] + typed.slice(i + 1)
    least = Math.min(least, 1 + distance(swapped, name))
  }
  return least
}

function sharedPrefixLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
