import { ChatError } from '../errors.ts'
import type { IdempotencyRecord, Receipt, TurnStore } from './turn.ts'

/** A receipt that is on disk. */
export interface StoredReply {
  readonly receipt: Receipt
  /** Duration of the write in milliseconds. */
  readonly storeMs: number
}

/** A new reply, or the receipt of an earlier request with the same key. */
export type Answered =
  | (StoredReply & { readonly replayed: false })
  | { readonly receipt: Receipt; readonly replayed: true; readonly storeMs?: undefined }

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
    run: (record: IdempotencyRecord) => Promise<StoredReply>,
  ): Promise<Answered> {
    const running = inFlight.get(key)
    if (running !== undefined) throw new ChatError(running === fingerprint ? 'IDEMPOTENCY_KEY_IN_USE' : 'IDEMPOTENCY_KEY_REUSED')
    inFlight.set(key, fingerprint)
    try {
      const stored = await turns.findByKey(key, now())
      if (stored === undefined) return { ...(await run({ key, fingerprint, expiresAt: now() + ttlMs })), replayed: false }
      if (stored.fingerprint !== fingerprint) throw new ChatError('IDEMPOTENCY_KEY_REUSED')
      return { receipt: stored.turn.receipt, replayed: true }
    } finally {
      inFlight.delete(key)
    }
  }
}
