import type { MessagePort } from 'node:worker_threads'
import { IndexMemory } from '../index/index-memory.ts'
import type { GrowableArray } from '../index/typed-arrays.ts'
import {
  CHANGES,
  CONTROL_WORDS,
  IDLE,
  type MemoryMessage,
  READING,
  type ReaderHello,
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
  /** Makes all threads read the index in this memory. */
  serve(memory: IndexMemory): Promise<void>
}

/** For an index that one thread uses. */
export const NO_READERS: IndexReaders = { async lock() {}, unlock() {}, async serve() {} }

/**
 * Publishes an index to the readers of other threads (`connectIndexReader`). It is never copied:
 * the writing thread changes it in place while no reader reads. The writing thread never blocks,
 * and waits at most for the searches in progress. Readers wait for at most one slice of changes:
 * those that wait read before the next slice.
 */
export class IndexPublisher implements IndexReaders {
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT))
  readonly #words = new Map<MessagePort, Int32Array>()
  #memory = new IndexMemory()

  /** Adds a reader. It is removed when its thread ends, even in the middle of a search. */
  connect({ port, word }: ReaderHello): void {
    this.#words.set(port, word)
    port.on('close', () => {
      this.#words.delete(port)
      set(word, IDLE)
    })
    port.unref()
    port.postMessage(this.#message(this.#memory.arrays, true))
    set(word, IDLE)
  }

  async lock(): Promise<void> {
    for (const word of this.#words.values()) await leaves(word, WAITING)
    Atomics.store(this.#control, WRITING, 1)
    for (const word of this.#words.values()) await leaves(word, READING)
  }

  unlock(): void {
    this.#publish(this.#memory.takeReplaced(), false)
    Atomics.store(this.#control, WRITING, 0)
    Atomics.notify(this.#control, WRITING)
    Atomics.add(this.#control, CHANGES, 1)
    Atomics.notify(this.#control, CHANGES)
  }

  async serve(memory: IndexMemory): Promise<void> {
    if (memory === this.#memory) return
    await this.lock()
    this.#memory = memory
    this.#publish(memory.arrays, true)
    this.unlock()
  }

  #publish(arrays: ReadonlyMap<string, GrowableArray>, isWhole: boolean): void {
    if (arrays.size === 0) return
    Atomics.add(this.#control, VERSION, 1)
    if (this.#words.size === 0) return
    const message = this.#message(arrays, isWhole)
    for (const port of this.#words.keys()) port.postMessage(message)
  }

  #message(arrays: ReadonlyMap<string, GrowableArray>, isWhole: boolean): MemoryMessage {
    return { control: this.#control, arrays, isWhole, version: Atomics.load(this.#control, VERSION) }
  }
}

function set(word: Int32Array, state: number): void {
  Atomics.store(word, 0, state)
  Atomics.notify(word, 0)
}

/** Resolves when a reader is no longer in this state. */
async function leaves(word: Int32Array, state: number): Promise<void> {
  while (Atomics.load(word, 0) === state) await Atomics.waitAsync(word, 0, state).value
}
