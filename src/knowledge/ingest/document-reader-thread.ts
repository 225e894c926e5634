import { parentPort, workerData } from 'node:worker_threads'
import { ChatError } from '../../errors.ts'
import type { IncomingDocument } from '../document.ts'
import type { ThreadReply } from './background-reader.ts'
import { readDocument } from './document-reader.ts'
import { loadRedaction } from './redaction-module.ts'

// The worker thread that parses documents, one at a time, so that slow parsing does not block the
// server.

const redaction = loadRedaction(workerData?.redactorModule)

parentPort?.on('message', async (incoming: IncomingDocument) => parentPort?.postMessage(await read(incoming)))

/**
 * Errors lose their class and fields between threads, so a `ChatError` is sent as plain data. Other
 * errors end the thread.
 */
async function read(incoming: IncomingDocument): Promise<ThreadReply> {
  try {
    return { kind: 'read', document: await readDocument(incoming, await redaction) }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    const { code, message, facts, retryAfterS, cause } = error
    return { kind: 'failed', code, details: { message, facts, retryAfterS, cause } }
  }
}
