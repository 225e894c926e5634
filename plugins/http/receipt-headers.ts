import type { Receipt } from '../../src/chat/turn.ts'

/** The receipt's facts as headers, for whoever looks at a reply from outside; `server-timing` shows in a browser's network panel. */
export function receiptHeaders({ turnId, traceId, timingsMs }: Receipt, replayed: boolean): Record<string, string> {
  return {
    'x-turn-id': turnId,
    'x-trace-id': traceId,
    'server-timing': Object.entries(timingsMs)
      .map(([step, ms]) => `${step};dur=${ms}`)
      .join(', '),
    ...(replayed && { 'idempotent-replay': 'true' }),
  }
}
