import { ChatError } from '../errors.ts'
import type { IdempotencyRecord, Receipt, TurnStore } from './turn.ts'

/** A receipt, and whether it is that of an earlier request with the same key. */
export interface Answered {
  readonly receipt: Receipt
  readonly replayed: boolean
}

export interface IdempotencyOptions {
  readonly turns: Pick<TurnStore, 'findByKey'>
  readonly ttlMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Makes a request with a key take effect once: the first one runs, and its record is stored with what it did; the same again gets the stored receipt.
 * A request that failed has stored nothing, so its key may be tried again.
 */
export function createIdempotency({ turns, ttlMs, now }: IdempotencyOptions) {
  const inFlight = new Map<string, string>()

  /** @throws {ChatError} IDEMPOTENCY_KEY_REUSED for another body, IDEMPOTENCY_KEY_IN_USE while the first request is being answered. */
  return async function once(
    key: string,
    fingerprint: string,
    run: (record: IdempotencyRecord) => Promise<Receipt>,
  ): Promise<Answered> {
    const running = inFlight.get(key)
    if (running !== undefined) throw new ChatError(running === fingerprint ? 'IDEMPOTENCY_KEY_IN_USE' : 'IDEMPOTENCY_KEY_REUSED')
    inFlight.set(key, fingerprint)
    try {
      const stored = await turns.findByKey(key, now())
      if (stored === undefined) return { receipt: await run({ key, fingerprint, expiresAt: now() + ttlMs }), replayed: false }
      if (stored.fingerprint !== fingerprint) throw new ChatError('IDEMPOTENCY_KEY_REUSED')
      return { receipt: stored.turn.receipt, replayed: true }
    } finally {
      inFlight.delete(key)
    }
  }
}
