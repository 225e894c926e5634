import type { ExportState } from '../export-state.ts'
import { observe, observeAll } from '../recording.ts'

/** Figures of a signal's export. */
export type SignalFigures = Pick<ExportState, 'isConfigured' | 'waiting' | 'exported' | 'dropped' | 'failures' | 'stalledSinceMs'>

/**
 * Observes the figures of a signal at each collection, until the returned function is called. Sums
 * over destinations; the oldest age counts. Metrics and errors have no queue: they are sent
 * when they are collected or logged.
 */
export function observeSignal(
  signal: 'traces' | 'metrics' | 'logs' | 'errors',
  read: () => readonly SignalFigures[],
): () => void {
  const sum = (figure: Exclude<keyof SignalFigures, 'isConfigured' | 'stalledSinceMs'>) => () => {
    const all = read()
    return all.length === 0 ? undefined : all.reduce((total, figures) => total + figures[figure], 0)
  }
  return observeAll([
    ...(signal === 'metrics' || signal === 'errors' ? [] : [observe('telemetry_queue_length', sum('waiting'), { signal })]),
    observe('telemetry_exported_total', sum('exported'), { signal }),
    observe('telemetry_dropped_total', sum('dropped'), { signal }),
    observe('telemetry_export_failures_total', sum('failures'), { signal }),
    observe('telemetry_last_success_age_seconds', () => oldest(read().map(ageOf)), { signal }),
  ])
}

function oldest(agesS: readonly number[]): number | undefined {
  return agesS.length === 0 ? undefined : Math.max(...agesS)
}

/** At a default address that has never accepted anything, there is no collector. */
function ageOf({ isConfigured, exported, stalledSinceMs }: SignalFigures): number {
  if (stalledSinceMs === undefined || !(isConfigured || exported > 0)) return 0
  return (performance.now() - stalledSinceMs) / 1000
}
