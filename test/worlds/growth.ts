/** Best of several rounds, in milliseconds a run: what disturbs a round makes it longer, never shorter. */
export function measure(run: () => unknown, runs: number, rounds = 4): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    for (let i = 0; i < runs; i++) run()
    best = Math.min(best, (performance.now() - started) / runs)
  }
  return best
}

/**
 * The least of up to six readings of a ratio, the first that is within `most` ending them: a busy machine may disturb a measurement, and will not do so
 * every time; work that grows as the square shows a hundred for ten times the input.
 */
export function leastRatio(read: () => number, most: number): number {
  let least = read()
  for (let attempts = 0; least > most && attempts < 5; attempts++) least = Math.min(least, read())
  return least
}
