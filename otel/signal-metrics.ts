import { observeGauge } from './recording.ts'

/** How much of a signal has left, and how much has not. */
export interface SignalFigures {
  readonly exported: number
  readonly dropped: number
  readonly failures: number
  /** Items that wait; undefined where that says nothing. */
  readonly waiting?: number
  /** Since when, by `performance.now()`, something waits or was lost and nothing has left. */
  readonly stalledSinceMs: number | undefined
}

/**
 * Has the figures of a signal read with every collection, until the function returned is called. What goes to several places is summed up, and
 * of the ages the greatest counts; a signal that goes nowhere has nothing to show.
 */
export function observeSignal(signal: 'traces' | 'metrics' | 'logs', read: () => readonly SignalFigures[]): () => void {
  const sum = (figure: (figures: SignalFigures) => number | undefined) => () => {
    const known = read().flatMap(figures => figure(figures) ?? [])
    return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0)
  }
  const stops = [
    observeGauge(
      'telemetry_queue_length',
      sum(({ waiting }) => waiting),
      { signal },
    ),
    observeGauge(
      'telemetry_exported_total',
      sum(({ exported }) => exported),
      { signal },
    ),
    observeGauge(
      'telemetry_dropped_total',
      sum(({ dropped }) => dropped),
      { signal },
    ),
    observeGauge(
      'telemetry_export_failures_total',
      sum(({ failures }) => failures),
      { signal },
    ),
    observeGauge('telemetry_last_success_age_seconds', () => oldest(read().map(ageOf)), { signal }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function oldest(agesS: readonly number[]): number | undefined {
  return agesS.length === 0 ? undefined : Math.max(...agesS)
}

function ageOf({ stalledSinceMs }: SignalFigures): number {
  return stalledSinceMs === undefined ? 0 : (performance.now() - stalledSinceMs) / 1000
}
