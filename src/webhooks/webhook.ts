import type { Receipt } from '../chat/turn.ts'

/** Systems whose webhooks are answered. */
export const SOURCES = ['slack', 'telegram', 'teams', 'generic'] as const

export type SourceName = (typeof SOURCES)[number]

/** The application that the sessions and users of a source belong to. */
export type WebhookApplication = `webhook:${SourceName}`

export const applicationOf = (source: SourceName): WebhookApplication => `webhook:${source}`

/** A request as it arrived: names of headers in lower case, and the bytes that were signed. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}

/** The fields of a request whose signature is valid. */
export type Payload = Readonly<Record<string, unknown>>

/** A message to the chatbot. */
export interface WebhookMessage {
  readonly kind: 'message'
  /** The same for every attempt of the source to deliver this event. */
  readonly eventId: string
  /** Unique in the source. Its messages share a session. */
  readonly conversation: string
  /** The source's id of the user. Undefined if several people share the conversation. */
  readonly user?: string
  readonly text: string
  /** Where the reply goes, in the terms of the source. */
  readonly target: Payload
  /** Time (ms) after which the request is answered without the reply, which is then posted. */
  readonly acknowledgeWithinMs?: number
}

/** Why an event gets no reply. */
export type IgnoredReason = 'bot' | 'edited' | 'no_text' | 'no_token' | 'not_addressed' | 'unsupported'

/** What a request says. A handshake is answered by its body alone. */
export type WebhookEvent =
  | WebhookMessage
  | { readonly kind: 'handshake'; readonly body: object }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason }

/** The reply to a message: of a turn, or a text of the service. */
export type WebhookAnswer = Pick<Receipt, 'response' | 'responseText'> & Partial<Receipt>

/** A reply in the format of the source. */
export interface FormattedReply {
  /** Body of the HTTP reply. */
  readonly body: object
  /** A message to send to the source's API instead, because it does not read the body. */
  readonly post?: object
}

/** What a source is created with. */
export interface SourceOptions {
  /** Secrets that are valid now: more than one during a rotation. */
  readonly secrets: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A system that sends webhooks: how it signs them, what they say, and how it wants the reply. */
export interface WebhookSource {
  readonly name: SourceName
  /**
   * Checks signature and age of a request and parses it.
   * @throws {ChatError} SIGNATURE_INVALID; VALIDATION_ERROR for a body that cannot be read.
   */
  authenticate(request: WebhookRequest): Payload
  /** @throws {ChatError} VALIDATION_ERROR if a field is missing or too long. */
  read(payload: Payload): WebhookEvent
  format(message: WebhookMessage, answer: WebhookAnswer): FormattedReply
}
