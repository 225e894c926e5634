/** As long as it takes to see a rate at the chart's resolution: at least four scrapes. Grafana fills it in. */
export const RATE_WINDOW = '$__rate_interval'
/** What "now" means where one number is shown, and the time that the alert rules look back. */
export const NOW_WINDOW = '5m'
/** For what happens so rarely, the end of a session for instance, that a shorter window would mostly be empty. */
export const RARE_WINDOW = '1h'

interface Selection {
  /** Matchers, as they stand between the braces. */
  readonly where?: string
  /** Labels to keep; all are summed up without any. */
  readonly by?: string
  readonly window?: string
}

/** How much a counter rises a second. */
export function rateOf(counter: string, { where = '', by, window = RATE_WINDOW }: Selection = {}): string {
  return `${sum(by)}(rate(${counter}${matching(where)}[${window}]))`
}

/** The same a minute, for what is counted by hand. */
export function perMinute(counter: string, selection: Selection = {}): string {
  return `60 * ${rateOf(counter, selection)}`
}

/** A quantile, 0–1, of what a histogram took in within the window. Nothing, not NaN, where it took in nothing. */
export function quantileOf(
  quantile: number,
  histogram: string,
  { where = '', by, window = RATE_WINDOW }: Selection = {},
): string {
  const labels = by === undefined ? 'le' : `le, ${by}`
  return `histogram_quantile(${quantile}, ${rateOf(`${histogram}_bucket`, { where, by: labels, window })}) >= 0`
}

/** The mean of what a histogram took in within the window; nothing where it took in nothing. */
export function meanOf(histogram: string, selection: Selection = {}): string {
  return `${rateOf(`${histogram}_sum`, selection)} / ${rateOf(`${histogram}_count`, selection)} >= 0`
}

/** Bucket by bucket, how many values a histogram took in, for a heatmap. */
export function bucketsOf(histogram: string, where = ''): string {
  return `sum by (le) (increase(${histogram}_bucket${matching(where)}[${RATE_WINDOW}]))`
}

/**
 * A share, 0–1. A part that is not there yet counts as none of a whole that is; where the whole is nothing, the share is unknown and nothing is
 * shown: comparing drops NaN.
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
