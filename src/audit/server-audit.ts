import { createHash } from 'node:crypto'
import { ChatError } from '../errors.ts'
import { AUDIT_EVENTS, type AuditEvent, type AuditFacts } from './audit-events.ts'
import type { AuditRecorder } from './audit-recorder.ts'
import { compareConfigurations, describeConfiguration } from './configuration-change.ts'

export interface ServerAuditOptions {
  readonly recorder: AuditRecorder
  readonly version: string
  readonly config: object
  /** Replaces a secret setting by a text that changes with it. */
  readonly conceal: (secret: string) => string
  /** Returns who acts now: the caller of the current request, or `server`. */
  readonly actor: () => string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface ServerAudit {
  /**
   * Records an action of the current caller, or of the server outside of a request. A record that
   * cannot be written waits in memory.
   * @throws {ChatError} AUDIT_UNAVAILABLE if it cannot be written and its event is `required`.
   */
  record<Event extends AuditEvent>(event: Event, facts?: AuditFacts<Event>): void
  /** Records the start and the settings that changed since the last one. */
  recordStart(): void
  /** Why the last write failed, undefined if it succeeded, and the number of waiting records. */
  readonly state: AuditRecorder['state']
  /** Records the stop if a start was recorded, and closes the trail. */
  close(): void
}

/** Creates the audit of a server, which writes through a recorder. */
export function createServerAudit({ recorder, version, config, conceal, actor, now }: ServerAuditOptions): ServerAudit {
  let started = false

  const record: ServerAudit['record'] = (event, facts) => {
    const isWritten = recorder.record({ event, actor: actor(), facts, time: now() })
    if (!isWritten && AUDIT_EVENTS[event].required) throw new ChatError('AUDIT_UNAVAILABLE')
  }

  return {
    record,
    recordStart() {
      started = true
      const settings = describeConfiguration(config, conceal)
      const hash = createHash('sha256').update(JSON.stringify(settings)).digest('hex')
      const changed = compareConfigurations(recorder.configuration() ?? settings, settings)
      record('server_started', { version, node: process.version, configuration_sha256: hash })
      if (Object.keys(changed).length > 0) record('configuration_changed', { configuration_sha256: hash, changed })
      recorder.keepConfiguration(settings)
    },
    get state() {
      return recorder.state
    },
    close() {
      if (started) record('server_stopped')
      recorder.close()
    },
  }
}
