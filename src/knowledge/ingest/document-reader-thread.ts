import { parentPort, workerData } from 'node:worker_threads'
import { ChatError } from '../../errors.ts'
import { readTitle } from '../formats/page-title.ts'
import type { ReaderTask, ThreadReply } from './background-reader.ts'
import { readDocument } from './document-reader.ts'
import { loadRedaction } from './redaction-module.ts'

// The worker thread that parses documents, one at a time, so that slow parsing does not block the
// server.

const redaction = loadRedaction(workerData?.redactorModule)

parentPort?.on('message', async (task: ReaderTask) => parentPort?.postMessage(await run(task)))

/**
 * Errors lose their class and fields between threads, so a `ChatError` is sent as plain data. Other
 * errors end the thread.
 */
async function run(task: ReaderTask): Promise<ThreadReply> {
  try {
    return { kind: 'done', result: await perform(task) }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    const { code, message, facts, retryAfterS, cause } = error
    return { kind: 'failed', code, details: { message, facts, retryAfterS, cause } }
  }
}

async function perform(task: ReaderTask): Promise<unknown> {
  return task.kind === 'titles' ? task.pages.map(readTitle) : readDocument(task.document, await redaction)
}
