import type { Attributes } from '@opentelemetry/api'
import type { LabelValues, Metric } from '../metrics.ts'

/** One series of a metric: its labels, and what a counter has come to. */
export interface Series {
  readonly labels: Attributes
  count: number
}

/** The series of one metric. */
export interface SeriesSet {
  /**
   * The series with these values, in the order of the labels; the same object each time. An empty value stands for no such label. A value for
   * which its label's entry in the catalogue has no room any more is told as `other`: so many users, paths or names as may come, there are never
   * more series than the catalogue says. A counter's first series of an endpoint, or of whatever else is not known beforehand, is made with all
   * that differ from it in a label with known values only: where one counts what succeeds, another is to show that nothing has failed yet.
   */
  of(values: readonly string[]): Series
  /** Those there are so far. */
  all(): Iterable<Series>
  /** Makes every series that there can be, where each label's values are all known; otherwise none. */
  makeAll(): void
}

const OTHER = 'other'

/** Makes the series of a metric, each at its first use. */
export function createSeriesSet(metric: Metric): SeriesSet {
  const names = Object.keys(metric.labels ?? {})
  const vocabularies = Object.values(metric.labels ?? {}).map(createVocabulary)
  const made = new Map<string, Series>()
  const overflow = names.map(() => OTHER)

  function make(values: readonly string[]): Series {
    const admitted = values.map((value, i) => vocabularies[i]?.admit(value) ?? OTHER)
    const series = made.get(keyOf(admitted)) ?? add(hasRoom() ? admitted : overflow)
    if (metric.kind === 'counter') addAll(i => vocabularies[i]?.known ?? [admitted[i] ?? OTHER])
    return series
  }

  /** The labels' own bounds keep all others; one place is kept for what is beyond. */
  function hasRoom(): boolean {
    return metric.maxSeries === undefined || made.size < metric.maxSeries - (made.has(keyOf(overflow)) ? 0 : 1)
  }

  /** Adds every combination of what the labels, by their place, may be. */
  function addAll(valuesOf: (index: number) => readonly string[]): void {
    const combinations = names.reduce<string[][]>(
      (rows, _, i) => rows.flatMap(row => valuesOf(i).map(value => [...row, value])),
      [[]],
    )
    for (const values of combinations) if (hasRoom()) add(values)
  }

  function add(values: readonly string[]): Series {
    const key = keyOf(values)
    const labels = Object.freeze(
      Object.fromEntries(names.map((name, i) => [name, values[i]]).filter(([, value]) => value !== '')),
    )
    const series = made.get(key) ?? { labels, count: 0 }
    made.set(key, series)
    return series
  }

  return {
    of: values => made.get(keyOf(values)) ?? make(values),
    all: () => made.values(),
    makeAll: () => addAll(i => vocabularies[i]?.known ?? []),
  }
}

/** Templates, codes and names come from the code, and hold no line break. */
function keyOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : values.join('\n')
}

function createVocabulary(values: LabelValues) {
  if (!('of' in values)) return { known: values, admit: (value: string) => (values.includes(value) ? value : OTHER) }
  const admitted = new Set<string>()
  return {
    known: undefined,
    admit(value: string): string {
      if (admitted.size < values.atMost) admitted.add(value)
      return admitted.has(value) ? value : OTHER
    },
  }
}
