import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ChatError, type ErrorCode, type ErrorDetails, errnoOf } from '../../errors.ts'
import type { Redact } from '../../reply-text.ts'
import type { Document, IncomingDocument } from '../document.ts'
import { unreadable } from '../formats/limits/unreadable.ts'
import { readDocument } from './document-reader.ts'

export interface BackgroundReaderOptions {
  /** What it recognizes is not cut. Without it, every text may be cut. */
  readonly redact?: Redact
  /** URL of the module whose `createRedactor` makes the same redaction in the worker. */
  readonly redactorModule?: URL
  /**
   * Documents that may wait for the current one; further ones are rejected. Default 8: 32 MB of the
   * longest documents over REST.
   */
  readonly maxWaiting?: number
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
  /** Stops immediately and rejects all pending documents. */
  close(): Promise<void>
}

/** The worker's reply to a document. */
export type ThreadReply =
  | { readonly kind: 'read'; readonly document: Document }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly details: ErrorDetails }

/**
 * Documents up to this length are read in the calling thread: the slowest known text (`>` 1,000
 * times) takes 70 ms, like starting a worker.
 */
const MAX_INLINE_CHARS = 1000
/** Ordinary documents are processed within about this time. */
const RETRY_AFTER_S = 5

/**
 * Creates a reader with one worker thread, started for the first document of more than 1,000
 * characters and restarted if it dies. Shorter documents are read in the calling thread. The worker
 * keeps the process alive only while it reads.
 */
export function createBackgroundReader({
  redact,
  redactorModule,
  maxWaiting = 8,
  maxReadMs = 50_000,
  maxHeapMb = 256,
  setTimer = setBackgroundTimer,
}: BackgroundReaderOptions = {}): BackgroundReader {
  let thread: Worker | undefined
  let isClosed = false
  let unfinished = 0
  /** Settles after the last accepted document; never rejects. */
  let last: Promise<unknown> = Promise.resolve()

  function getThread(): Worker {
    if (thread !== undefined) return thread
    const started = startThread(maxHeapMb, redactorModule)
    const forget = () => {
      if (thread === started) thread = undefined
    }
    // The caller that waits for a reply gets the error; here, the next document gets a new worker.
    thread = started.on('error', forget).on('exit', forget)
    return started
  }

  async function readInThread(document: IncomingDocument): Promise<Document> {
    if (isClosed) throw new ChatError('SHUTTING_DOWN')
    const reader = getThread()
    let tookTooLong = false
    const cancelTimer = setTimer(() => {
      tookTooLong = true
      void reader.terminate()
    }, maxReadMs)
    reader.ref()
    reader.postMessage(document)
    try {
      return unpack(await replyOf(reader))
    } catch (error) {
      if (error instanceof ChatError) throw error
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      throw readError(tookTooLong, error)
    } finally {
      cancelTimer()
      reader.unref()
    }
  }

  return {
    async read(document) {
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      if (document.bytes === undefined && document.text.length <= MAX_INLINE_CHARS) return readDocument(document, redact)
      if (unfinished > maxWaiting) {
        throw new ChatError('OVERLOADED', { message: 'Too many documents are waiting to be read', retryAfterS: RETRY_AFTER_S })
      }
      unfinished += 1
      const reading = last.then(() => readInThread(document)).finally(() => (unfinished -= 1))
      // The caller gets the error. The next document is read regardless.
      last = reading.catch(() => undefined)
      return reading
    },

    async close() {
      isClosed = true
      await thread?.terminate()
    },
  }
}

function startThread(maxHeapMb: number, redactorModule: URL | undefined): Worker {
  // The same extension as this file: `.ts` in the sources, `.js` in a build.
  const file = new URL(`./document-reader-thread${extname(import.meta.filename)}`, import.meta.url)
  // Without the process's flags, so that the worker does not preload the telemetry SDK.
  return new Worker(file, {
    execArgv: [],
    name: 'document-reader',
    workerData: { redactorModule: redactorModule?.href },
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  })
}

/** Resolves to the worker's next reply. Rejects if the worker ends instead, with the reason. */
async function replyOf(reader: Worker): Promise<ThreadReply> {
  const settled = new AbortController()
  const died = once(reader, 'exit', settled).then(([exitCode]) => {
    throw new Error(`Worker ended with exit code ${exitCode}`)
  })
  try {
    const [reply] = await Promise.race([once(reader, 'message', settled), died])
    return reply
  } finally {
    settled.abort()
  }
}

function unpack(reply: ThreadReply): Document {
  if (reply.kind === 'read') return reply.document
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
