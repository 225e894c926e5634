import type { MessagePort } from 'node:worker_threads'
import type { GrowableArray } from '../index/typed-arrays.ts'

/** Elements of the control array, which the writing thread and all readers share. */
export const [WRITING, VERSION, CHANGES] = [0, 1, 2]
/** Length of the control array. */
export const CONTROL_WORDS = 3

/** Values of a reader's own word. */
export const [IDLE, READING, WAITING, UNCONNECTED] = [0, 1, 2, 3]

/** The first message of a reader. */
export interface ReaderHello {
  /** Receives `MemoryMessage`s. */
  readonly port: MessagePort
  /** The reader's own word: one element in shared memory. */
  readonly word: Int32Array
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
