import { Worker } from 'node:worker_threads'
import type { Tally } from './attack.ts'
import type { HealthAnswer } from './health-client.ts'

/** No wait that a busy machine causes. */
const STALL_MS = 5000

export interface HealthWatch {
  /** The longest wait in ms since the last call. */
  takeLongest(): number
  stop(): Promise<unknown>
}

/**
 * Asks a server all the time whether it is alive. In a thread of its own: the clients of the main
 * thread delay each other, which would look like a slow server.
 */
export function watchHealth(port: number, tally: Tally): HealthWatch {
  let longestMs = 0
  const client = new Worker(new URL('./health-client.ts', import.meta.url), { workerData: { port } })
  client.on('message', ({ tookMs, status }: HealthAnswer) => {
    longestMs = Math.max(longestMs, tookMs)
    if (status !== 200) tally.breaches.push(`/health/live: ${status}`)
    if (tookMs > STALL_MS) tally.breaches.push(`/health/live took ${Math.round(tookMs)} ms`)
  })
  return {
    takeLongest() {
      const taken = longestMs
      longestMs = 0
      return taken
    },
    stop: () => client.terminate(),
  }
}
