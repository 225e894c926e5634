import { FILE_STREAMS, type FileStream } from '../log-streams.ts'

/** Where a line goes: a file stream, or the terminal. */
export type Sink = FileStream | 'terminal'

/**
 * What happens to a line. `submitted` counts all lines for a sink; the others say how many were
 * written, were rejected because the worker could not take them, and were dropped by the sink. Each
 * cell has one writing thread, so none needs a lock: the main thread writes `rejected` and the
 * `submitted` of the files, the worker the rest.
 */
const FATES = ['submitted', 'rejected', 'written', 'dropped'] as const
export const SINKS: readonly Sink[] = [...FILE_STREAMS, 'terminal']

export type Fate = (typeof FATES)[number]

/** Line counts of one log, in shared memory that outlives the worker. */
export interface LogCounts {
  readonly buffer: SharedArrayBuffer
  add(fate: Fate, sink: Sink, lines: number): void
  get(fate: Fate, sink: Sink): number
  /** Number of lines that are lost for a sink: rejected or dropped. */
  dropped(sink: Sink): number
  /** Counts all pending lines as rejected. Call it when the worker has ended. */
  rejectRemaining(): void
}

/** Creates counts of zero, or opens those of another thread. */
export function createLogCounts(
  buffer = new SharedArrayBuffer(FATES.length * SINKS.length * Float64Array.BYTES_PER_ELEMENT),
): LogCounts {
  const cells = new Float64Array(buffer)
  const cell = (fate: Fate, sink: Sink) => FATES.indexOf(fate) * SINKS.length + SINKS.indexOf(sink)
  const get = (fate: Fate, sink: Sink) => cells[cell(fate, sink)] ?? 0
  return {
    buffer,
    add(fate, sink, lines) {
      cells[cell(fate, sink)] = get(fate, sink) + lines
    },
    get,
    dropped: sink => get('rejected', sink) + get('dropped', sink),
    rejectRemaining() {
      for (const sink of SINKS) {
        cells[cell('rejected', sink)] = get('submitted', sink) - get('written', sink) - get('dropped', sink)
      }
    },
  }
}
