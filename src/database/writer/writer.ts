import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CommittedBatch, WriteCall } from './write-batch.ts'

/** What the writer thread is asked for: one batch at a time, and at last to close. */
export type WriterRequest = { readonly kind: 'write'; readonly calls: readonly WriteCall[] } | { readonly kind: 'close' }

/** What it answers: `opened` once, then one of the others for each batch. */
export type WriterReply =
  | { readonly kind: 'opened' }
  | ({ readonly kind: 'committed' } & CommittedBatch)
  | { readonly kind: 'failed'; readonly cause: Error }

/** Starts a writer thread on a database that has been migrated. */
export function startWriter(path: string): Worker {
  // The thread's file has the extension that this one has: `.ts` from source, `.js` once built.
  const file = new URL(`./writer-thread${extname(import.meta.filename)}`, import.meta.url)
  // Without the process's own flags: a preloaded telemetry SDK has no business in this thread.
  return new Worker(file, { workerData: { path }, execArgv: [], name: 'database-writer' })
}
