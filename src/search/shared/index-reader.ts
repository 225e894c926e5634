import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { DocumentStore } from '../../knowledge/document.ts'
import { IndexMemory } from '../index/index-memory.ts'
import { openSearchEngine, type PassageSearch } from '../passage-search.ts'
import type { ChangingEngine } from '../retrieval.ts'
import {
  IDLE,
  type MemoryMessage,
  READER_WORDS,
  READING,
  REVISION,
  type ReaderHello,
  STATE,
  setWord,
  TAKEN,
  UNCONNECTED,
  VERSION,
  WAITING,
  WRITING,
} from './reader-words.ts'

export interface IndexReaderOptions {
  /** Reads from the store. */
  readonly revisionOf: DocumentStore['revisionOf']
  /** Longest time (ms) that connecting blocks this thread. Default: 30 s. */
  readonly connectMs?: number
  /**
   * Longest time (ms) that `follow` blocks it. An index follows most documents within a few ms.
   * Default: 100.
   */
  readonly waitMs?: number
}

/**
 * Opens the index that another thread publishes (`IndexPublisher`). Each search sees the index
 * between two slices of changes. Blocks this thread until the other one has replied, and a search
 * blocks it while the index is being changed. Between searches, the event loop of this thread takes
 * what is published, so that memory that the index no longer uses is not kept.
 * @param post Sends a message to the other thread.
 * @throws if the other thread does not reply in time.
 */
export function connectIndexReader(
  post: (hello: ReaderHello, transfer: readonly MessagePort[]) => void,
  { revisionOf, connectMs = 30_000, waitMs = 100 }: IndexReaderOptions,
): ChangingEngine {
  const { port1: own, port2: port } = new MessageChannel()
  const words = new Int32Array(new SharedArrayBuffer(READER_WORDS * Int32Array.BYTES_PER_ELEMENT))
  words[STATE] = UNCONNECTED
  post({ port, words }, [port])
  Atomics.wait(words, STATE, UNCONNECTED, connectMs)
  const first = receive(own)
  if (first === undefined) throw new Error(`The index was not published within ${connectMs} ms`)
  const { control } = first
  let memory = new IndexMemory()
  /** Opened by a search: only then does the index not change. */
  let engine: PassageSearch | undefined
  /** The store revision that the last search saw. */
  let revision = 0
  take(first)
  own.on('message', take)
  own.unref()

  function take({ arrays, isWhole, version }: MemoryMessage): void {
    if (isWhole) memory = new IndexMemory(arrays)
    else memory.adopt(arrays)
    engine = undefined
    Atomics.store(words, TAKEN, version)
  }

  function enter(): void {
    for (;;) {
      setWord(words, STATE, READING)
      if (Atomics.load(control, WRITING) === 0) return
      setWord(words, STATE, WAITING)
      Atomics.wait(control, WRITING, 1)
    }
  }

  return {
    search(query, limit, options) {
      enter()
      try {
        // Everything that was published before the last slice ended is in the port's queue.
        while (Atomics.load(control, VERSION) !== words[TAKEN]) take(receive(own)!)
        revision = Atomics.load(control, REVISION)
        engine ??= openSearchEngine(memory)
        return engine.search(query, limit, options)
      } finally {
        setWord(words, STATE, IDLE)
      }
    },

    get revision() {
      return revision
    },

    async follow(documentIds, earlier) {
      const wanted = await revisionOf(documentIds)
      return wanted > earlier && waitFor(wanted)
    },
  }

  function waitFor(wanted: number): boolean {
    const end = performance.now() + waitMs
    for (;;) {
      const reached = Atomics.load(control, REVISION)
      if (reached >= wanted) return true
      const leftMs = end - performance.now()
      if (leftMs <= 0) return false
      Atomics.wait(control, REVISION, reached, leftMs)
    }
  }
}

function receive(port: MessagePort): MemoryMessage | undefined {
  return receiveMessageOnPort(port)?.message
}
