import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { IndexMemory } from '../index/index-memory.ts'
import { openSearchEngine } from '../passage-search.ts'
import type { RetrievalEngine } from '../retrieval.ts'
import {
  CHANGES,
  IDLE,
  type MemoryMessage,
  READING,
  type ReaderHello,
  UNCONNECTED,
  VERSION,
  WAITING,
  WRITING,
} from './reader-words.ts'

/** An index follows most documents within a few milliseconds. */
const LONGEST_WAIT_MS = 100

/**
 * Opens the index that another thread publishes (`IndexPublisher`). Each search sees the index
 * between two slices of changes. Blocks this thread until the other one has replied, and a search
 * blocks it while the index is being changed.
 * @param post Sends a message to the other thread.
 */
export function connectIndexReader(post: (hello: ReaderHello, transfer: readonly MessagePort[]) => void): RetrievalEngine {
  const { port1: own, port2: port } = new MessageChannel()
  const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(UNCONNECTED)
  post({ port, word }, [port])
  Atomics.wait(word, 0, UNCONNECTED)
  const first = receive(own)
  if (first === undefined) throw new Error('The index was not published')
  const { control } = first
  let memory = new IndexMemory(first.arrays)
  let { version } = first
  let engine = openSearchEngine(memory)
  /** The value of `CHANGES` during the last search. */
  let changes = 0

  function enter(): void {
    for (;;) {
      set(word, READING)
      if (Atomics.load(control, WRITING) === 0) return
      set(word, WAITING)
      Atomics.wait(control, WRITING, 1)
    }
  }

  /** Everything that was published before the last change ended is in the port's queue. */
  function update(): void {
    for (let message = receive(own); message !== undefined; message = receive(own)) {
      if (message.isWhole) memory = new IndexMemory(message.arrays)
      else memory.adopt(message.arrays)
      version = message.version
    }
    engine = openSearchEngine(memory)
  }

  return {
    search(query, limit, options) {
      enter()
      try {
        changes = Atomics.load(control, CHANGES)
        if (Atomics.load(control, VERSION) !== version) update()
        return engine.search(query, limit, options)
      } finally {
        set(word, IDLE)
      }
    },

    waitForChange: () => Atomics.wait(control, CHANGES, changes, LONGEST_WAIT_MS) !== 'timed-out',
  }
}

function receive(port: MessagePort): MemoryMessage | undefined {
  return receiveMessageOnPort(port)?.message
}

function set(word: Int32Array, state: number): void {
  Atomics.store(word, 0, state)
  Atomics.notify(word, 0)
}
