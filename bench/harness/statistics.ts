/** Returns the median, the upper one of an even number of values. NaN without values. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5)
}

/** Returns a percentile; `share` is 0–1. NaN without values. Sorts a copy. */
export function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN
}
