import type { Worker } from 'node:worker_threads'
import { ChatError, type ErrorCode, type ErrorDetails, errnoOf } from '../../errors.ts'
import { createSerialThread } from '../../threads/serial-thread.ts'
import { startThread } from '../../threads/start-thread.ts'
import type { Document, IncomingDocument } from '../document.ts'
import { unreadable } from '../formats/limits/unreadable.ts'
import type { TitledText } from '../formats/page-title.ts'

export interface BackgroundReaderOptions {
  /**
   * URL of the module with `createRedactor`. What it recognizes is not cut. Without it, every text
   * may be cut.
   */
  readonly redactorModule?: URL
  /**
   * Length of unread documents, in characters, above which further ones are rejected. Default
   * 16,000,000: eight of the longest documents over REST, which take 32 MB, or 1,000 short ones.
   */
  readonly maxUnreadChars?: number
  /**
   * Wall-clock limit for one document. Default 50 s: five times the CPU time allowed for 2,000,000
   * characters.
   */
  readonly maxReadMs?: number
  /**
   * Heap limit of the worker. Default 256 MB; 2,000,000 characters of ordinary Markdown take less
   * than 64.
   */
  readonly maxHeapMb?: number
  /** Calls `run` after a delay; returns a function that cancels it. Default: `setTimeout`. */
  readonly setTimer?: (run: () => void, afterMs: number) => () => void
}

/** Reads documents like `readDocument`, in a worker thread. */
export interface BackgroundReader {
  /**
   * Parses a document and cuts it into passages. Documents are processed in order.
   * @throws {ChatError} DOCUMENT_UNREADABLE as in `readDocument`, and if the document takes too
   * much memory; OVERLOADED, with `retryAfterS`, if too many documents wait or the time limit is
   * exceeded; SHUTTING_DOWN after `close`.
   */
  read(document: IncomingDocument): Promise<Document>
  /** Reads titles like `readTitle`, in the same order and with the same errors as documents. */
  readTitles(pages: readonly TitledText[]): Promise<readonly (string | undefined)[]>
  /** Stops immediately and rejects all pending documents. */
  close(): Promise<void>
}

/** What the worker is asked to do. */
export type ReaderTask =
  | { readonly kind: 'document'; readonly document: IncomingDocument }
  | { readonly kind: 'titles'; readonly pages: readonly TitledText[] }

/** The worker's reply to a task. */
export type ThreadReply =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly details: ErrorDetails }

/** A shorter document counts as this many characters: its request takes memory too. */
const MIN_COUNTED_CHARS = 16_000
/** Ordinary documents are processed within about this time. */
const RETRY_AFTER_S = 5

/**
 * Creates a reader with one worker thread, which reads every document: 1,000 characters of `>* * `
 * take 200 ms. It is started for the first one, stays, and is restarted if it dies. It keeps the
 * process alive only while it reads.
 */
export function createBackgroundReader({
  redactorModule,
  maxUnreadChars = 16_000_000,
  maxReadMs = 50_000,
  maxHeapMb = 256,
  setTimer = setBackgroundTimer,
}: BackgroundReaderOptions = {}): BackgroundReader {
  const thread = createSerialThread<ReaderTask, ThreadReply>({
    start: () =>
      startThread('./document-reader-thread', import.meta, {
        name: 'document-reader',
        workerData: { redactorModule: redactorModule?.href },
        limits: { maxOldGenerationSizeMb: maxHeapMb },
      }),
  })
  let isClosed = false
  let unreadChars = 0

  async function runInThread(task: ReaderTask): Promise<unknown> {
    let tookTooLong = false
    const open = () => {
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      return task
    }
    const limit = (reader: Worker) =>
      setTimer(() => {
        tookTooLong = true
        void reader.terminate()
      }, maxReadMs)
    try {
      return unpack(await thread.call(open, limit))
    } catch (error) {
      if (error instanceof ChatError) throw error
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      throw readError(tookTooLong, error)
    }
  }

  /** Runs a task after the earlier ones. */
  function run(task: ReaderTask, length: number): Promise<unknown> {
    if (isClosed) throw new ChatError('SHUTTING_DOWN')
    if (unreadChars > maxUnreadChars) {
      throw new ChatError('OVERLOADED', { message: 'Too many documents are waiting to be read', retryAfterS: RETRY_AFTER_S })
    }
    const chars = Math.max(MIN_COUNTED_CHARS, length)
    unreadChars += chars
    return runInThread(task).finally(() => (unreadChars -= chars))
  }

  return {
    async read(document) {
      const length = document.bytes?.length ?? document.text.length
      return (await run({ kind: 'document', document }, length)) as Document
    },

    async readTitles(pages) {
      const length = pages.reduce((sum, { text }) => sum + text.length, 0)
      return (await run({ kind: 'titles', pages }, length)) as readonly (string | undefined)[]
    },

    async close() {
      isClosed = true
      await thread.terminate()
    },
  }
}

function unpack(reply: ThreadReply): unknown {
  if (reply.kind === 'done') return reply.result
  throw new ChatError(reply.code, reply.details)
}

function setBackgroundTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs).unref()
  return () => clearTimeout(timer)
}

function readError(tookTooLong: boolean, cause: unknown): ChatError {
  // The document's CPU time is bounded, so a timeout means that the machine is busy: a retry may
  // succeed.
  if (tookTooLong)
    return new ChatError('OVERLOADED', { message: 'Parsing the document took too long', retryAfterS: RETRY_AFTER_S, cause })
  const isTooLarge = errnoOf(cause) === 'ERR_WORKER_OUT_OF_MEMORY'
  return unreadable(isTooLarge ? 'The document takes too much memory to parse' : undefined, cause)
}
