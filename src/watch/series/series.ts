/**
 * A condition on a label, as in PromQL: a missing label is empty, regular expressions are anchored.
 */
export interface Matcher {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** A value at a time (ms since 1970). Downsampled gauges are means, with their extremes. */
export interface Point {
  readonly t: number
  readonly v: number
  readonly min?: number
  readonly max?: number
}

/** One series of a metric: its labels and its points, oldest first. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly Point[]
}

export interface SeriesReader {
  /**
   * Returns the series of a metric whose labels match, with their points in (`fromMs`, `toMs`], at
   * the finest resolution that covers the time.
   */
  read(name: string, matchers: readonly Matcher[], fromMs: number, toMs: number): readonly Series[]
}
