/** A mean with its 95 % confidence interval. */
export interface Estimate {
  readonly mean: number
  readonly low: number
  readonly high: number
}

const RESAMPLES = 1000
const SIGN_FLIPS = 10_000

/**
 * Computes mean and percentile bootstrap interval (Efron 1979) over 1,000 resamples. Deterministic.
 */
export function estimate(values: readonly number[]): Estimate {
  const random = createRandom()
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!
    return sum / values.length
  }).sort((a, b) => a - b)
  return { mean: mean(values), low: means[Math.floor(RESAMPLES * 0.025)]!, high: means[Math.floor(RESAMPLES * 0.975)]! }
}

/**
 * Compares two settings over the same queries by Fisher's paired randomization test, two-sided,
 * with 10,000 random sign flips. Smucker, Allan and Carterette (2007) recommend it for retrieval.
 * `p` is the probability of a difference at least as large by chance.
 */
export function comparePaired(
  before: readonly number[],
  after: readonly number[],
): { readonly difference: number; readonly p: number } {
  const random = createRandom()
  const differences = after.map((value, i) => value - before[i]!)
  const observed = Math.abs(mean(differences))
  let asExtreme = 0
  for (let flip = 0; flip < SIGN_FLIPS; flip++) {
    let sum = 0
    for (const difference of differences) sum += random() < 0.5 ? difference : -difference
    // Sums in another order differ in the last bits.
    if (Math.abs(sum / differences.length) >= observed - 1e-12) asExtreme++
  }
  return { difference: mean(differences), p: (asExtreme + 1) / (SIGN_FLIPS + 1) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Uniform numbers in [0, 1), always the same sequence: a 32-bit linear congruential generator with
 * the constants of Numerical Recipes.
 */
function createRandom(): () => number {
  let state = 7
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
