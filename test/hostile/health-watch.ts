import { setTimeout as delay } from 'node:timers/promises'
import type { Tally } from './attack.ts'
import { exchange } from './attack.ts'
import { parseReplies } from './replies.ts'

const INTERVAL_MS = 250
/** No wait that a busy machine causes. */
const STALL_MS = 10_000
const REQUEST = Buffer.from('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')

/** Asks a server all the time whether it is alive. `stop` resolves to the longest wait. */
export function watchHealth(port: number, tally: Tally): { stop(): Promise<number> } {
  let longestMs = 0
  let isStopped = false
  const watch = async () => {
    while (!isStopped) {
      const start = performance.now()
      const { received, failure } = await exchange(port, { bytes: REQUEST, needsReply: true, isHead: false })
      const tookMs = performance.now() - start
      longestMs = Math.max(longestMs, tookMs)
      const status = parseReplies(received).replies[0]?.status
      if (status !== 200) tally.breaches.push(`/health/live: ${status ?? failure}`)
      if (tookMs > STALL_MS) tally.breaches.push(`/health/live took ${Math.round(tookMs)} ms`)
      await delay(INTERVAL_MS)
    }
    return longestMs
  }
  const watched = watch()
  return {
    stop() {
      isStopped = true
      return watched
    },
  }
}
