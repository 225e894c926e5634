import type { ExportState } from '../export-state.ts'
import { observe, observeAll } from '../recording.ts'

/** How much of a signal has left, and how much has not. */
export type SignalFigures = Pick<ExportState, 'waiting' | 'exported' | 'dropped' | 'failures' | 'stalledSinceMs'>

/**
 * Has the figures of a signal read with every collection, until the function returned is called. What goes to several places is summed up, and
 * of the ages the greatest counts; a signal that goes nowhere has nothing to show. Of metrics none wait: they are gathered as they are sent.
 */
export function observeSignal(signal: 'traces' | 'metrics' | 'logs', read: () => readonly SignalFigures[]): () => void {
  const sum = (figure: Exclude<keyof SignalFigures, 'stalledSinceMs'>) => () => {
    const all = read()
    return all.length === 0 ? undefined : all.reduce((total, figures) => total + figures[figure], 0)
  }
  return observeAll([
    ...(signal === 'metrics' ? [] : [observe('telemetry_queue_length', sum('waiting'), { signal })]),
    observe('telemetry_exported_total', sum('exported'), { signal }),
    observe('telemetry_dropped_total', sum('dropped'), { signal }),
    observe('telemetry_export_failures_total', sum('failures'), { signal }),
    observe('telemetry_last_success_age_seconds', () => oldest(read().map(ageOf)), { signal }),
  ])
}

function oldest(agesS: readonly number[]): number | undefined {
  return agesS.length === 0 ? undefined : Math.max(...agesS)
}

function ageOf({ stalledSinceMs }: SignalFigures): number {
  return stalledSinceMs === undefined ? 0 : (performance.now() - stalledSinceMs) / 1000
}
