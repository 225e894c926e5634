import type { Pseudonymizer } from '../access/pseudonym.ts'
import type { ChatRequest, RequestOrigin } from './chat-request.ts'

/**
 * An `Idempotency-Key` as it is stored: hashed with its caller, together with a hash of the
 * request.
 */
export interface BoundKey {
  readonly key: string
  readonly fingerprint: string
}

/**
 * Binds the key of a request to its caller (application and user, or without both the address)
 * and to its fields. Equal fields give an equal fingerprint, whatever their order in the body.
 * Undefined without a key.
 * @param hash A keyed hash.
 */
export function bindKey(
  { message, sessionId, conversation, userId }: ChatRequest,
  { idempotencyKey, address, application }: RequestOrigin,
  hash: Pseudonymizer,
): BoundKey | undefined {
  if (idempotencyKey === undefined) return undefined
  const caller = userId === undefined ? (application ?? address) : hash(userId, application)
  const fields = JSON.stringify([message, sessionId ?? conversation ?? null, userId ?? null])
  return { key: hash(`${caller} ${idempotencyKey}`), fingerprint: hash(fields) }
}
