import type { Worker } from 'node:worker_threads'
import { startThread } from '../../threads/start-thread.ts'
import type { CommittedBatch, WriteCall } from './write-batch.ts'

/**
 * A message to the writer thread: one batch at a time, an attempt to finish erasures, and finally
 * `close`.
 */
export type WriterRequest =
  | { readonly kind: 'write'; readonly calls: readonly WriteCall[] }
  | { readonly kind: 'erase' }
  | { readonly kind: 'close' }

/**
 * A message from the writer thread: `opened` once, then `committed` or `failed` for each batch, and
 * `erased` for each attempt.
 */
export type WriterReply =
  | { readonly kind: 'opened' }
  | ({ readonly kind: 'committed' } & CommittedBatch)
  | { readonly kind: 'failed'; readonly cause: Error }
  /** Erasures still pending; undefined if the disk failed the attempt. */
  | { readonly kind: 'erased'; readonly pending: number | undefined }

/** Starts a writer thread for a database that has been migrated. */
export function startWriter(path: string): Worker {
  return startThread('./writer-thread', import.meta, { name: 'database-writer', workerData: { path } })
}
