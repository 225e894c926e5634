import type { MessagePort } from 'node:worker_threads'
import type { GrowableArray } from '../index/typed-arrays.ts'

/**
 * Elements of the control array, which the writing thread and all readers share: whether the index
 * is being changed, the number of the last message, and the store revision of the index. All are
 * below 2³¹: 68 years of a change per second.
 */
export const [WRITING, VERSION, REVISION] = [0, 1, 2]
/** Length of the control array. */
export const CONTROL_WORDS = 3

/**
 * Elements of a reader's own array, which it shares with the writing thread: its state, and the
 * number of the last message that it has taken.
 */
export const [STATE, TAKEN] = [0, 1]
/** Length of a reader's own array. */
export const READER_WORDS = 2

/** States of a reader. */
export const [IDLE, READING, WAITING, UNCONNECTED] = [0, 1, 2, 3]

/** The first message of a reader. */
export interface ReaderHello {
  /** Receives `MemoryMessage`s. */
  readonly port: MessagePort
  /** The reader's own array. */
  readonly words: Int32Array
}

/** New arrays of the index. */
export interface MemoryMessage {
  readonly control: Int32Array
  readonly arrays: ReadonlyMap<string, GrowableArray>
  /** Whether these are all arrays of another index. */
  readonly isWhole: boolean
  /** The value of `VERSION` after this message. */
  readonly version: number
}

/** Sets an element, and wakes the threads that wait for it. */
export function setWord(words: Int32Array, element: number, value: number): void {
  Atomics.store(words, element, value)
  Atomics.notify(words, element)
}
