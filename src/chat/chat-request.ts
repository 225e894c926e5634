/** A message with the ids that the client sent. */
export interface ChatRequest {
  readonly message: string
  readonly sessionId?: string
  /** The operator's id of the user. It is stored and logged as a pseudonym only. */
  readonly userId?: string
}

/** The origin of a request. */
export interface RequestOrigin {
  readonly requestId: string
  readonly traceId: string
  /** Network address of the client. Identifies a caller without a `userId`. */
  readonly address: string
  readonly idempotencyKey?: string
}
