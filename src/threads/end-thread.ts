import type { Worker } from 'node:worker_threads'

/**
 * Sends a thread its last message, and resolves when it has ended, which this process waits for.
 * @param limitMs When it is terminated. Default: it is waited for.
 */
export async function endThread(thread: Worker, message: unknown, limitMs?: number): Promise<void> {
  const exited = new Promise(resolve => thread.once('exit', resolve))
  thread.ref()
  thread.postMessage(message)
  const limit = limitMs === undefined ? undefined : setTimeout(() => void thread.terminate(), limitMs)
  await exited
  clearTimeout(limit)
}
