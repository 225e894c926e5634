/** The value in the middle; of an even number of values the upper one of the two. NaN of none. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5)
}

/** The value below which a share, 0–1, of the others lies. NaN of none. Sorts a copy. */
export function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN
}
