import { setImmediate as nextTurn } from 'node:timers/promises'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { connectIndexReader } from '../../../../src/search/shared/index-reader.ts'

// A thread that searches all the time, and posts each result that differs from the one before.

const queries = workerData as readonly string[]
const post = (message: unknown, transfer: readonly MessagePort[] = []) =>
  parentPort?.postMessage(message, transfer as MessagePort[])
const reader = connectIndexReader(post, { revisionOf: async () => 0 })
const last = new Map<string, string>()
for (;;) {
  for (const query of queries) {
    const found = JSON.stringify(reader.search(query, 10))
    if (last.get(query) !== found) post({ query, found })
    last.set(query, found)
  }
  await nextTurn()
}
