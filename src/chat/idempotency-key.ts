import type { ChatRequest } from './chat-request.ts'

/** An `Idempotency-Key` as it is stored: hashed with its caller, together with a hash of the request. */
export interface BoundKey {
  readonly key: string
  readonly fingerprint: string
}

/**
 * Binds a key to its caller and to the request. Equal fields give an equal fingerprint, whatever
 * their order in the body.
 * @param hash A keyed hash.
 */
export function bindKey(hash: (text: string) => string, key: string, caller: string, request: ChatRequest): BoundKey {
  const { message, sessionId, userId } = request
  const fields = JSON.stringify([message, sessionId ?? null, userId ?? null])
  return { key: hash(`${caller} ${key}`), fingerprint: hash(fields) }
}
