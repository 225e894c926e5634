/** Window for rates in charts, at least four scrapes. Grafana fills it in. */
export const RATE_WINDOW = '$__rate_interval'
/** Window for current values, equal to that of the alert rules. */
export const NOW_WINDOW = '5m'
/** Window for rare events, such as closed sessions. */
export const RARE_WINDOW = '1h'

interface Selection {
  /** Label matchers, without braces. */
  readonly where?: string
  /** Labels to keep. Default: none, which sums all series. */
  readonly by?: string
  readonly window?: string
}

/** Rate of a counter per second. */
export function rateOf(counter: string, { where = '', by, window = RATE_WINDOW }: Selection = {}): string {
  return `${sum(by)}(rate(${counter}${matching(where)}[${window}]))`
}

/** Rate of a counter per minute, for rare events. */
export function perMinute(counter: string, selection: Selection = {}): string {
  return `60 * ${rateOf(counter, selection)}`
}

/** Quantile (0–1) of a histogram within the window. No value, not NaN, without observations. */
export function quantileOf(
  quantile: number,
  histogram: string,
  { where = '', by, window = RATE_WINDOW }: Selection = {},
): string {
  const labels = by === undefined ? 'le' : `le, ${by}`
  return `histogram_quantile(${quantile}, ${rateOf(`${histogram}_bucket`, { where, by: labels, window })}) >= 0`
}

/** Mean of a histogram within the window. No value without observations. */
export function meanOf(histogram: string, selection: Selection = {}): string {
  return `${rateOf(`${histogram}_sum`, selection)} / ${rateOf(`${histogram}_count`, selection)} >= 0`
}

/** Observations per bucket of a histogram, for a heatmap. */
export function bucketsOf(histogram: string, where = ''): string {
  return `sum by (le) (increase(${histogram}_bucket${matching(where)}[${RATE_WINDOW}]))`
}

/**
 * Share (0–1) of a whole. A missing part counts as 0. No value if the whole is 0, because the
 * comparison drops NaN.
 */
export function shareOf(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / ${whole} >= 0`
}

function matching(where: string): string {
  return where === '' ? '' : `{${where}}`
}

function sum(by: string | undefined): string {
  return by === undefined ? 'sum' : `sum by (${by}) `
}
