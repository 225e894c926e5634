import type { MessagePort } from 'node:worker_threads'
import { IndexMemory } from '../index/index-memory.ts'
import type { GrowableArray } from '../index/typed-arrays.ts'
import {
  CONTROL_WORDS,
  IDLE,
  type MemoryMessage,
  READING,
  REVISION,
  type ReaderHello,
  STATE,
  setWord,
  VERSION,
  WAITING,
  WRITING,
} from './reader-words.ts'

/** Threads that read the index which another thread changes. */
export interface IndexReaders {
  /** Resolves when no thread reads. Then all wait until `unlock`. */
  lock(): Promise<void>
  /** Lets threads read again. */
  unlock(): void
  /** Reports the store revision of the index. Call it before `unlock`. */
  reach(revision: number): void
  /** Makes all threads read the index in this memory, which has this store revision. */
  serve(memory: IndexMemory, revision: number): Promise<void>
}

/** For an index that one thread uses. */
export const NO_READERS: IndexReaders = { async lock() {}, unlock() {}, reach() {}, async serve() {} }

/**
 * Publishes an index to the readers of other threads (`connectIndexReader`). It is never copied:
 * the writing thread changes it in place while no reader reads. The writing thread never blocks,
 * and waits at most for the searches in progress. Those that wait read before the next slice of
 * changes.
 */
export class IndexPublisher implements IndexReaders {
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT))
  readonly #readers = new Map<MessagePort, Int32Array>()
  #memory = new IndexMemory()

  /** Adds a reader. It is removed when its thread ends, even in the middle of a search. */
  connect({ port, words }: ReaderHello): void {
    this.#readers.set(port, words)
    port.on('close', () => {
      this.#readers.delete(port)
      setWord(words, STATE, IDLE)
    })
    port.unref()
    port.postMessage(this.#message(this.#memory.arrays, true))
    setWord(words, STATE, IDLE)
  }

  async lock(): Promise<void> {
    for (const words of this.#readers.values()) await leaves(words, WAITING)
    Atomics.store(this.#control, WRITING, 1)
    for (const words of this.#readers.values()) await leaves(words, READING)
  }

  unlock(): void {
    this.#publish(this.#memory.takeReplaced(), false)
    setWord(this.#control, WRITING, 0)
  }

  reach(revision: number): void {
    setWord(this.#control, REVISION, revision)
  }

  async serve(memory: IndexMemory, revision: number): Promise<void> {
    if (memory === this.#memory) return
    await this.lock()
    this.#memory = memory
    memory.takeReplaced()
    this.#publish(memory.arrays, true)
    this.reach(revision)
    this.unlock()
  }

  /** Sends arrays to all readers. An idle reader takes them at once, and drops the earlier ones. */
  #publish(arrays: ReadonlyMap<string, GrowableArray>, isWhole: boolean): void {
    if (arrays.size === 0) return
    Atomics.add(this.#control, VERSION, 1)
    const message = this.#message(arrays, isWhole)
    for (const port of this.#readers.keys()) port.postMessage(message)
  }

  #message(arrays: ReadonlyMap<string, GrowableArray>, isWhole: boolean): MemoryMessage {
    return { control: this.#control, arrays, isWhole, version: Atomics.load(this.#control, VERSION) }
  }
}

/** Resolves when a reader is no longer in this state. */
async function leaves(words: Int32Array, state: number): Promise<void> {
  while (Atomics.load(words, STATE) === state) await Atomics.waitAsync(words, STATE, state).value
}
