/**
 * Everything that the audit trail tells, by its name there. `required` says that the action is refused where its record cannot be written; all
 * others go on, because a full disk must stop neither the service nor an erasure that somebody has a right to.
 */
export const AUDIT_EVENTS = {
  server_started: { text: 'A server started.', required: false },
  server_stopped: { text: 'A server stopped in order; a crash leaves no such record.', required: false },
  configuration_changed: { text: 'A server started with other settings than the last one.', required: false },
  access_denied: { text: 'An admin call that did not come from this machine was refused.', required: false },
  log_level_changed: { text: 'The log shows more or less for a while.', required: true },
  log_level_fell_back: { text: 'That while is over.', required: false },
  content_erased: { text: 'What was said in a session was erased.', required: false },
  document_stored: { text: 'A document was stored or replaced over REST.', required: false },
  document_removed: { text: 'A document was removed over REST.', required: false },
  documents_ingested: { text: 'Documents were read in by a command.', required: false },
  retention_run: { text: 'Log files were compressed, or deleted because their time was over.', required: false },
  logs_read: { text: 'The log was read by a command.', required: false },
  judgements_exported: { text: 'Questions that users have judged were written out by a command.', required: false },
  audit_read: { text: 'The audit trail was read or verified by a command.', required: false },
  records_missed: { text: 'Records could not be written for so long that some are lost for good.', required: false },
  trail_recovered: { text: 'A write that a crash had cut short was brought to its end.', required: false },
  trail_broken: { text: 'The end of the trail is not as it was left.', required: false },
} as const satisfies Readonly<Record<string, { readonly text: string; readonly required: boolean }>>

export type AuditEvent = keyof typeof AUDIT_EVENTS

/** The names that a record has of its own are no facts. */
export type AuditFacts = Readonly<Record<string, unknown>> & {
  readonly [Own in 'time' | 'seq' | 'event' | 'actor' | 'previous' | 'hash']?: never
}

/** What happened, who did it, and the facts of the case: plain JSON with names in snake_case, no text of a message, nobody's name or address. */
export interface AuditEntry {
  readonly event: AuditEvent
  /** A user's pseudonym, `loopback`, the pseudonym of an address, `command:UID`, or `server`. */
  readonly actor: string
  readonly facts?: AuditFacts
  /** Milliseconds since 1970. */
  readonly time: number
}
