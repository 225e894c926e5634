interface AuditEventDescription {
  readonly text: string
  /** Names of the facts that a record of this event may have. */
  readonly facts: readonly string[]
  /** Whether the action is refused if its record cannot be written. */
  readonly required: boolean
}

/**
 * The events of the audit trail, by name. Few are `required`: a full disk must not stop the
 * service, nor an erasure that a user has a right to.
 */
export const AUDIT_EVENTS = {
  server_started: {
    text: 'The server started: it accepts requests.',
    facts: ['version', 'node', 'configuration_sha256'],
    required: false,
  },
  server_start_failed: {
    text: 'The server failed to start, for example because its port is in use.',
    facts: ['version', 'code', 'setting'],
    required: false,
  },
  server_stopped: { text: 'The server shut down cleanly. A crash leaves no such record.', facts: [], required: false },
  configuration_changed: {
    text: 'The settings differ from those of the previous start.',
    facts: ['configuration_sha256', 'changed'],
    required: false,
  },
  monitoring_changed: {
    text: 'A changed `monitoring.yaml` was applied. `changed` names its keys, without values.',
    facts: ['changed'],
    required: false,
  },
  report_made: {
    text: 'A report was made by a command.',
    facts: ['kind', 'format', 'until'],
    required: false,
  },
  alert_silenced: {
    text: 'Notifications about a rule, or all, were silenced for a while by a command.',
    facts: ['silence', 'rule', 'until', 'reason'],
    required: false,
  },
  silence_ended: { text: 'A silence was ended by a command.', facts: ['silence'], required: false },
  channels_tested: { text: 'A test was sent through the channels by a command.', facts: ['channels'], required: false },
  security_event: {
    text: 'A client was refused for its credential, role, host, origin or rate, sent too large a body, or searched for paths or ids. There is one record a minute for each client and kind; `repeated` counts the others.',
    facts: ['kind', 'repeated', 'client', 'method', 'route', 'reason', 'role', 'key_id', 'limit'],
    required: false,
  },
  key_created: {
    text: 'A key was created by a command.',
    facts: ['key_id', 'application', 'name', 'role', 'expires'],
    required: true,
  },
  key_rotated: {
    text: 'A key was created by a command, to replace another.',
    facts: ['key_id', 'replaces', 'application', 'name', 'role', 'expires'],
    required: true,
  },
  key_revoked: { text: 'A key was revoked by a command.', facts: ['key_id', 'name', 'role'], required: false },
  session_opened: {
    text: 'A caller with the role `operator` or `admin` read turns of a session of others.',
    facts: ['session_id', 'turns', 'reason'],
    required: true,
  },
  key_first_used: { text: 'A key was used for the first time.', facts: ['key_id', 'name', 'role'], required: false },
  log_level_changed: {
    text: 'The log level was changed for a limited time.',
    facts: ['level', 'of_module', 'until', 'minutes'],
    required: true,
  },
  log_level_fell_back: {
    text: 'A temporary log level ended.',
    facts: ['level', 'of_module', 'until'],
    required: false,
  },
  content_erased: {
    text: "A session's messages were erased.",
    facts: ['session_id', 'turns', 'closed', 'pending'],
    required: false,
  },
  user_erased: {
    text: "A user's messages, sessions and feedback were erased by a command.",
    facts: [
      'of_users',
      'sessions',
      'turns',
      'feedback',
      'idempotency_records',
      'log_lines',
      'log_files',
      'searched_files',
      'searched_bytes',
      'complete',
    ],
    required: false,
  },
  user_exported: {
    text: 'Everything stored about a user was exported by a command.',
    facts: ['of_users', 'sessions', 'turns', 'log_lines'],
    required: true,
  },
  turns_pruned: {
    text: 'The text of old turns was erased, and older turns were deleted.',
    facts: ['texts', 'turns'],
    required: false,
  },
  turns_held_off: {
    text: 'Old turns were kept: the clock may have jumped since the last run.',
    facts: ['known_time'],
    required: false,
  },
  document_stored: {
    text: 'A document was added or replaced over HTTP.',
    facts: ['document_id', 'created'],
    required: false,
  },
  document_removed: { text: 'A document was removed over HTTP or by a command.', facts: ['document_id'], required: false },
  documents_ingested: {
    text: 'Documents were ingested by a command.',
    facts: ['added', 'replaced', 'unchanged', 'removed', 'failed', 'prune'],
    required: false,
  },
  retention_run: {
    text: 'Log files were compressed or deleted.',
    facts: ['compressed', 'deleted', 'failed'],
    required: false,
  },
  clock_jumped: {
    text: "The system's clock jumped, by `jump_ms` milliseconds.",
    facts: ['jump_ms'],
    required: false,
  },
  retention_held_off: {
    text: 'Log files were not deleted: the clock may have jumped since the last run.',
    facts: ['files', 'known_time'],
    required: false,
  },
  trail_shortened: {
    text: 'The oldest files of the trail are deleted next, because their retention period has passed.',
    facts: ['audit_files', 'audit_from_seq'],
    required: true,
  },
  logs_read: {
    text: 'The log was read by a command.',
    facts: [
      'level',
      'module',
      'session',
      'turn',
      'trace',
      'stream',
      'since',
      'until',
      'limit',
      'follow',
      'json',
      'stats',
      'errors',
      'of_a_pattern',
      'of_one_user',
    ],
    required: false,
  },
  analysis_read: {
    text: 'An analysis was read, by a command or over HTTP.',
    facts: ['name', 'since', 'until', 'json', 'bad'],
    required: false,
  },
  database_backed_up: { text: 'The database was copied by a command.', facts: ['bytes', 'schema_version'], required: false },
  database_restored: {
    text: 'The database was replaced by a backup.',
    facts: ['bytes', 'schema_version'],
    required: false,
  },
  judgements_exported: { text: 'Judged questions were exported by a command.', facts: [], required: false },
  audit_read: {
    text: 'The audit trail was read or verified by a command.',
    facts: ['command', 'since', 'until', 'of_event'],
    required: false,
  },
  records_missed: {
    text: 'Records were lost because the trail could not be written for too long.',
    facts: ['missed'],
    required: false,
  },
  trail_id_assigned: {
    text: 'A trail from a version without trail ids got its id.',
    facts: [],
    required: false,
  },
  trail_recovered: { text: 'A write interrupted by a crash was completed or undone.', facts: ['problem'], required: false },
  trail_broken: { text: 'The end of the trail was damaged.', facts: ['problem'], required: false },
} as const satisfies Readonly<Record<string, AuditEventDescription>>

export type AuditEvent = keyof typeof AUDIT_EVENTS

/** Facts of an event: plain JSON, names in snake_case. No message text, user name or address. */
export type AuditFacts<Event extends AuditEvent = AuditEvent> = {
  readonly [Name in (typeof AUDIT_EVENTS)[Event]['facts'][number]]?: unknown
}

/** One entry to record. */
export interface AuditEntry {
  readonly event: AuditEvent
  /** A pseudonym of a user or an address, `loopback`, `command:UID` or `server`. */
  readonly actor: string
  readonly facts?: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly time: number
}
