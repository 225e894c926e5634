import { FILE_STREAMS, type FileStream } from '../log-streams.ts'

/** What can be lost: a line of a stream, or a line on the terminal, which only stays unseen. */
export type LossPlace = FileStream | 'terminal'

/**
 * What became of the lines. `given` and `refused` are the main thread's to write, `written` and `lost` the worker's; since no count has
 * two writers, none needs a lock.
 */
const FATES = ['given', 'refused', 'written', 'lost'] as const
const PLACES: readonly LossPlace[] = [...FILE_STREAMS, 'terminal']

type Fate = (typeof FATES)[number]

/** The counts of one log, in memory that outlives the worker: when it dies, they say how many lines died with it. */
export interface LogCounts {
  readonly buffer: SharedArrayBuffer
  add(fate: Fate, place: LossPlace, lines: number): void
  get(fate: Fate, place: LossPlace): number
  /** Lines that a place will never hold. */
  lost(place: LossPlace): number
  /** Counts as refused whatever was given to the files and has no other fate: to be called when the worker is dead. */
  giveUp(): void
}

/** Makes counts of zero, or looks at those that another thread has made. */
export function createLogCounts(
  buffer = new SharedArrayBuffer(FATES.length * PLACES.length * Float64Array.BYTES_PER_ELEMENT),
): LogCounts {
  const cells = new Float64Array(buffer)
  const cell = (fate: Fate, place: LossPlace) => FATES.indexOf(fate) * PLACES.length + PLACES.indexOf(place)
  const get = (fate: Fate, place: LossPlace) => cells[cell(fate, place)] ?? 0
  return {
    buffer,
    add(fate, place, lines) {
      cells[cell(fate, place)] = get(fate, place) + lines
    },
    get,
    lost: place => get('refused', place) + get('lost', place),
    giveUp() {
      for (const stream of FILE_STREAMS) {
        cells[cell('refused', stream)] = get('given', stream) - get('written', stream) - get('lost', stream)
      }
    },
  }
}
