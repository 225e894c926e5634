import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ChatError, type ErrorCode, type ErrorDetails, errnoOf } from '../../errors.ts'
import type { Document, IncomingDocument } from '../document.ts'
import { readDocument } from './document-reader.ts'

export interface BackgroundReaderOptions {
  /** Documents that may wait behind the one that is being read; one more is refused. 8 by default: of the longest over REST, 32 MB. */
  readonly maxWaiting?: number
  /** Wall-clock time that one document may take. 50 s by default: five times the processor time that 2,000,000 characters may take. */
  readonly maxReadMs?: number
  /** Heap of the thread; a document that needs more is refused. 256 MB by default: 2,000,000 characters of ordinary Markdown take less than 64. */
  readonly maxHeapMb?: number
  /** Calls `run` once after so many milliseconds, and returns what calls it off. Default: `setTimeout`. */
  readonly setTimer?: (run: () => void, afterMs: number) => () => void
}

/** Reads documents as `readDocument` does, and leaves the calling thread free meanwhile. */
export interface BackgroundReader {
  /**
   * Parses a document and cuts it into passages, after those that came before it.
   * @throws {ChatError} DOCUMENT_UNREADABLE, for the reasons of `readDocument` and where the document takes too much memory;
   * OVERLOADED, with `retryAfterS`, where too many wait or the time is over; SHUTTING_DOWN after `close`.
   */
  read(document: IncomingDocument): Promise<Document>
  /** Ends at once: what is being read or waits is refused. */
  close(): Promise<void>
}

/** What the thread answers to a document. */
export type ThreadReply =
  | { readonly kind: 'read'; readonly document: Document }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly details: ErrorDetails }

/** Up to here a document is read where it is: the worst such text found (`>` a thousand times) took 70 ms, as long as a thread takes to start. */
const MAX_INLINE_CHARS = 1000
/** Parsing starts within about this time again, where no document is a hostile one. */
const RETRY_AFTER_S = 5

/**
 * Creates a reader with one thread of its own, started by the first document of more than 1,000 characters (shorter ones are read at once) and anew
 * after its death. It keeps the process alive while it reads, not while it has nothing to do.
 */
export function createBackgroundReader({
  maxWaiting = 8,
  maxReadMs = 50_000,
  maxHeapMb = 256,
  setTimer = setBackgroundTimer,
}: BackgroundReaderOptions = {}): BackgroundReader {
  let thread: Worker | undefined
  let isClosed = false
  let unfinished = 0
  /** Settles after the last document that was let in, and never fails. */
  let last: Promise<unknown> = Promise.resolve()

  function getThread(): Worker {
    if (thread !== undefined) return thread
    const started = startThread(maxHeapMb)
    const forget = () => {
      if (thread === started) thread = undefined
    }
    // Why a thread died is told to whoever waits for its reply; here the next document is given another one.
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
      throw refusal(tookTooLong, error)
    } finally {
      cancelTimer()
      reader.unref()
    }
  }

  return {
    async read(document) {
      if (isClosed) throw new ChatError('SHUTTING_DOWN')
      if (document.text.length <= MAX_INLINE_CHARS) return readDocument(document)
      if (unfinished > maxWaiting) {
        throw new ChatError('OVERLOADED', { message: 'Too many documents wait to be read', retryAfterS: RETRY_AFTER_S })
      }
      unfinished += 1
      const reading = last.then(() => readInThread(document)).finally(() => (unfinished -= 1))
      // Whoever brought the document hears of its failure; the next one is read all the same.
      last = reading.catch(() => undefined)
      return reading
    },

    async close() {
      isClosed = true
      await thread?.terminate()
    },
  }
}

function startThread(maxHeapMb: number): Worker {
  // The thread's file has the extension that this one has: `.ts` from source, `.js` once built.
  const file = new URL(`./document-reader-thread${extname(import.meta.filename)}`, import.meta.url)
  // Without the process's own flags: a preloaded telemetry SDK has no business in this thread.
  return new Worker(file, { execArgv: [], name: 'document-reader', resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } })
}

/** Resolves to the thread's next reply; rejects where the thread ends instead, with what it died of. */
async function replyOf(reader: Worker): Promise<ThreadReply> {
  const settled = new AbortController()
  const died = once(reader, 'exit', settled).then(([exitCode]) => {
    throw new Error(`The thread ended with exit code ${exitCode}`)
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

function refusal(tookTooLong: boolean, cause: unknown): ChatError {
  // The document's own share is bounded in processor time; past this it is the machine that is too busy, and another time it may not be.
  if (tookTooLong)
    return new ChatError('OVERLOADED', { message: 'The document takes too long to be parsed', retryAfterS: RETRY_AFTER_S, cause })
  const isTooLarge = errnoOf(cause) === 'ERR_WORKER_OUT_OF_MEMORY'
  return new ChatError('DOCUMENT_UNREADABLE', {
    cause,
    ...(isTooLarge && { message: 'The document takes too much memory to be parsed' }),
  })
}
