/** Sends each request that it is posted, and posts the status of the reply. */
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', async ({ url, method, body }) => {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const reply = await fetch(url, { method, headers, body })
  await reply.arrayBuffer()
  parentPort?.postMessage(reply.status)
})
