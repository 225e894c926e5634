/** Ids of what is being served, as spans carry them. */
export interface SpanIds {
  readonly session_id?: string
  /** Pseudonym. */
  readonly user_id?: string
  readonly turn_id?: string
}

/** What may be told of an error, causes included. */
export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly cause?: ErrorDescription
  /** Those that an error stands for that is several. */
  readonly errors?: readonly ErrorDescription[]
}

/** What spans have to know of the application. It is handed in: nothing in this folder may import it. */
export interface SpanRules {
  /** Whether an error is the service's own fault, and marks its span as failed. */
  readonly isServiceFault: (error: unknown) => boolean
  /** Makes a text fit to leave the process. */
  readonly redactText: (text: string) => string
  /** Describes whatever was thrown, its texts fit to leave the process. */
  readonly describeError: (error: unknown) => ErrorDescription
  /** The ids of what is being served now. The object is kept: what is added to it until a span ends is on the span. */
  readonly currentIds: () => SpanIds | undefined
}

/** Those in force. Until some are set every error is a fault, and texts are as they are. */
export let spanRules: SpanRules = {
  isServiceFault: () => true,
  redactText: text => text,
  describeError: error =>
    error instanceof Error
      ? { type: error.name, message: error.message, stack: error.stack }
      : { type: typeof error, message: String(error) },
  currentIds: () => undefined,
}

/** Sets rules, for the process; those left out stay. The function returned brings back the earlier ones, unless others have been set since. */
export function setSpanRules(rules: Partial<SpanRules>): () => void {
  const before = spanRules
  const set = { ...before, ...rules }
  spanRules = set
  return () => {
    if (spanRules === set) spanRules = before
  }
}
