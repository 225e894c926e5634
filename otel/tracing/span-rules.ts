/** Ids of the current request, for spans. */
export interface SpanIds {
  /** Pseudonym. */
  readonly session_id?: string
  /** Pseudonym. */
  readonly user_id?: string
  readonly turn_id?: string
}

/** Redacted description of an error and its causes. */
export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly cause?: ErrorDescription
  /** Errors of an aggregate error. */
  readonly errors?: readonly ErrorDescription[]
}

/**
 * What spans need from the application. It is passed in, because this folder must not import the
 * application.
 */
export interface SpanRules {
  /** Whether an error is the service's fault and marks its span as failed. */
  readonly isServiceFault: (error: unknown) => boolean
  /** Redacts a text. */
  readonly redactText: (text: string) => string
  /** Describes any thrown value, redacted. */
  readonly describeError: (error: unknown) => ErrorDescription
  /**
   * Returns the ids of the current request. The object is kept: ids added before a span ends appear
   * on it.
   */
  readonly currentIds: () => SpanIds | undefined
}

/** The current rules. By default every error is a fault and texts are not redacted. */
export let spanRules: SpanRules = {
  isServiceFault: () => true,
  redactText: text => text,
  describeError: error =>
    error instanceof Error
      ? { type: error.name, message: error.message, stack: error.stack }
      : { type: typeof error, message: String(error) },
  currentIds: () => undefined,
}

/**
 * Sets rules for the process; others keep their values. The returned function restores the previous
 * rules unless they have been replaced since.
 */
export function setSpanRules(rules: Partial<SpanRules>): () => void {
  const before = spanRules
  const set = { ...before, ...rules }
  spanRules = set
  return () => {
    if (spanRules === set) spanRules = before
  }
}
