import { roundMs } from '../../../src/base/round-ms.ts'
import type { Answered } from '../../../src/chat/idempotency.ts'

/**
 * Response headers with the facts of a receipt. `server-timing` lists the steps in milliseconds,
 * which browsers show in their network panel; a new turn adds `store`, the duration of its write.
 */
export function receiptHeaders({ receipt, replayed, storeMs }: Answered): Record<string, string> {
  const { turnId, timingsMs } = receipt
  const timings = storeMs === undefined ? timingsMs : { ...timingsMs, store: roundMs(storeMs) }
  return {
    'x-turn-id': turnId,
    'server-timing': Object.entries(timings)
      .map(([step, ms]) => `${step};dur=${ms}`)
      .join(', '),
    ...(replayed && { 'idempotent-replay': 'true' }),
  }
}
