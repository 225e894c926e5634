import type { Attributes } from '@opentelemetry/api'
import { type LabelValues, type Metric, maxSeriesOf } from './metrics.ts'

/** One series of a metric: its labels, and what a counter has come to. */
export interface Series {
  readonly labels: Attributes
  count: number
}

/** The series of one metric. */
export interface SeriesSet {
  /**
   * The series with these values, in the order of the labels; the same object each time. An empty value stands for no such label. A value for which its label's entry in the catalogue
   * has no room any more is told as `other`: so many users, paths or names as may come, there are never more series than the catalogue says.
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
  const maxSeries = maxSeriesOf(metric)
  const made = new Map<string, Series>()

  function make(values: readonly string[]): Series {
    const admitted = values.map((value, i) => vocabularies[i]?.admit(value) ?? OTHER)
    return made.get(keyOf(admitted)) ?? add(made.size < maxSeries - 1 ? admitted : names.map(() => OTHER))
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
    makeAll() {
      const combinations = vocabularies.reduce<string[][]>(
        (rows, { known }) => rows.flatMap(row => known.map(value => [...row, value])),
        [[]],
      )
      for (const values of combinations) add(values)
    },
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
    known: [],
    admit(value: string): string {
      if (admitted.size < values.atMost) admitted.add(value)
      return admitted.has(value) ? value : OTHER
    },
  }
}
