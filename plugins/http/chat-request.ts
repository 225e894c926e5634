/** A message as it came in, and from whom. */
export interface ChatRequest {
  readonly message: string
  readonly sessionId?: string
  /** The operator's own id of the user; it goes no further than this. */
  readonly userId?: string
}

export interface ChatRequestContext {
  readonly requestId: string
  readonly traceId: string
  /** Where the request came from; tells callers apart that name no user. */
  readonly address: string
  readonly idempotencyKey?: string
}

/** A key as it is kept: bound to its caller, with what its body was. */
export interface BoundKey {
  readonly key: string
  readonly fingerprint: string
}

/** Binds a client's key to its caller and to the body, both hashed: a retry has the same body, in whatever order its fields are. */
export function bindKey(hash: (text: string) => string, key: string, caller: string, request: ChatRequest): BoundKey {
  const { message, sessionId, userId } = request
  const body = JSON.stringify([message, sessionId ?? null, userId ?? null])
  return { key: hash(`${caller} ${key}`), fingerprint: hash(body) }
}
