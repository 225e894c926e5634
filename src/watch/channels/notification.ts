/** A message to operators. All texts are redacted already. */
export interface Notification {
  /** The same for every attempt to deliver it: receivers may drop repetitions. */
  readonly id: string
  readonly kind: 'alert' | 'resolved' | 'error' | 'test' | 'report' | 'digest'
  readonly severity: 'critical' | 'warning' | 'info'
  /** One line. */
  readonly title: string
  /** One line. */
  readonly summary: string
  readonly facts: readonly (readonly [name: string, value: string])[]
  /** Paragraphs. */
  readonly text: readonly string[]
  /** Lines shown in a fixed-width font, such as log lines. */
  readonly lines?: readonly string[]
  readonly links: readonly (readonly [text: string, url: string])[]
  /** For programs: the alerts as JSON. */
  readonly alerts?: readonly Readonly<Record<string, unknown>>[]
  readonly attachments?: readonly Attachment[]
  /** A page of its own, such as a report. */
  readonly html?: string
  /** Milliseconds since 1970. */
  readonly createdAtMs: number
}

export interface Attachment {
  readonly name: string
  readonly contentType: string
  /** Base64. */
  readonly content: string
}

/** A way to operators. */
export interface Channel {
  readonly name: ChannelName
  /**
   * Sends a notification. Resolves to what the receiver said, in one line. Rejects with the reason,
   * which contains no secret.
   */
  send(notification: Notification, signal: AbortSignal): Promise<string>
}

export type ChannelName = 'email' | 'slack' | 'webhook'
