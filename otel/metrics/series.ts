import type { Attributes } from '@opentelemetry/api'
import type { LabelValues, Metric } from '../metrics.ts'

/** One series of a metric: its labels and, for a counter, its count. */
export interface Series {
  readonly labels: Attributes
  count: number
}

/** All series of one metric. */
export interface SeriesSet {
  /**
   * Returns the series with these label values, in label order; always the same object. An empty
   * value omits the label. A value beyond the limit of its label becomes `other`, so the number of
   * series is bounded. For a counter, also creates the series that differ only in labels whose
   * values are known: failures then start at 0.
   */
  of(values: readonly string[]): Series
  /** Returns the existing series. */
  all(): Iterable<Series>
  /** Creates all series if all label values are known; otherwise none. */
  makeAll(): void
}

const OTHER = 'other'

/** Creates the series set of a metric. Series are created at first use. */
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

  /** One place is reserved for the overflow series. */
  function hasRoom(): boolean {
    return metric.maxSeries === undefined || made.size < metric.maxSeries - (made.has(keyOf(overflow)) ? 0 : 1)
  }

  /** Adds every combination of the values that each label may have. */
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

/** Values are templates, codes and names without line breaks. */
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
