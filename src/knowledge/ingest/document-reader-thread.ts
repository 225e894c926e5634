import { parentPort } from 'node:worker_threads'
import { ChatError } from '../../errors.ts'
import type { IncomingDocument } from '../document.ts'
import type { ThreadReply } from './background-reader.ts'
import { readDocument } from './document-reader.ts'

// The thread in which documents are parsed, one at a time: a text that takes a parser seconds holds up this thread and no other.

parentPort?.on('message', async (incoming: IncomingDocument) => parentPort?.postMessage(await read(incoming)))

/** Errors lose their class and fields between threads, so a refusal travels as its parts. Any other error ends the thread. */
async function read(incoming: IncomingDocument): Promise<ThreadReply> {
  try {
    return { kind: 'read', document: await readDocument(incoming) }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    const { code, message, facts, retryAfterS, cause } = error
    return { kind: 'refused', code, details: { message, facts, retryAfterS, cause } }
  }
}
