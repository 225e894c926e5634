import { ChatError } from '../errors.ts'
import { type ReplyText, reply } from '../reply-text.ts'
import type { BoundKey } from './idempotency-key.ts'
import type { IdempotencyRecord, Receipt, TurnStore } from './turn.ts'

/** A request with a key, and its span if it is traced. */
interface KeyedRequest extends BoundKey {
  readonly spanId?: string
}

/** A stored receipt. */
export interface StoredReply {
  readonly receipt: Receipt
  /** The receipt's `response`, in its original and its redacted form. */
  readonly reply: ReplyText
  /** Duration of the write in milliseconds. Undefined for a replayed receipt. */
  readonly storeMs?: number
}

/** A reply, new or replayed: the stored receipt of an earlier request with the same key. */
export interface Answered extends StoredReply {
  readonly replayed: boolean
  /** Of a replay: trace and span of the first request, if that was traced. */
  readonly first?: { readonly traceId: string; readonly spanId: string }
}

export interface IdempotencyOptions {
  readonly turns: Pick<TurnStore, 'findByKey'>
  readonly ttlMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Creates a function that runs a request with a key at most once and replays its stored receipt to
 * retries. A failed request stores nothing, so its key can be used again.
 */
export function createIdempotency({ turns, ttlMs, now }: IdempotencyOptions) {
  const inFlight = new Map<string, string>()

  /**
   * @throws {ChatError} IDEMPOTENCY_KEY_REUSED for another body, IDEMPOTENCY_KEY_IN_USE while the
   * first request runs.
   */
  return async function once(
    { key, fingerprint, spanId }: KeyedRequest,
    run: (record: IdempotencyRecord) => Promise<StoredReply>,
  ): Promise<Answered> {
    const running = inFlight.get(key)
    if (running !== undefined) throw new ChatError(running === fingerprint ? 'IDEMPOTENCY_KEY_IN_USE' : 'IDEMPOTENCY_KEY_REUSED')
    inFlight.set(key, fingerprint)
    try {
      const stored = await turns.findByKey(key, now())
      if (stored === undefined) return { ...(await run({ key, fingerprint, spanId, expiresAt: now() + ttlMs })), replayed: false }
      if (stored.fingerprint !== fingerprint) throw new ChatError('IDEMPOTENCY_KEY_REUSED')
      const { receipt } = stored.turn
      // The texts that the reply quotes are not stored with it, so a log omits all of it.
      const first = stored.spanId === undefined ? undefined : { traceId: receipt.traceId, spanId: stored.spanId }
      return { receipt, reply: reply`${receipt.response}`, replayed: true, first }
    } finally {
      inFlight.delete(key)
    }
  }
}
