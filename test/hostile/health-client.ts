/** Thread: asks the server on `workerData.port` whether it is alive, and posts each answer. */
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { exchange } from './attack.ts'
import { parseReplies } from './replies.ts'

/** An answer of `/health/live`: its status, or how the connection failed. */
export interface HealthAnswer {
  readonly tookMs: number
  readonly status: number | string | undefined
}

const INTERVAL_MS = 250
const REQUEST = Buffer.from('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')

for (;;) {
  const start = performance.now()
  const { received, failure } = await exchange(workerData.port, { bytes: REQUEST, needsReply: true, isHead: false })
  const tookMs = performance.now() - start
  parentPort?.postMessage({ tookMs, status: parseReplies(received).replies[0]?.status ?? failure } satisfies HealthAnswer)
  await delay(INTERVAL_MS)
}
