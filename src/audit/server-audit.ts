import { createHash } from 'node:crypto'
import { ChatError } from '../errors.ts'
import { AUDIT_EVENTS, type AuditEvent, type AuditFacts } from './audit-events.ts'
import { type Concealment, compareConfigurations, describeConfiguration } from './configuration-change.ts'
import type { AuditRecorder } from './writing/audit-recorder.ts'

export interface ServerAuditOptions extends Concealment {
  readonly recorder: AuditRecorder
  readonly version: string
  readonly config: object
  /** Applied to every text among the facts. */
  readonly redact: (text: string) => string
  /** Returns who acts now: the caller of the current request, or `server`. */
  readonly actor: () => string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface ServerAudit {
  /**
   * Records an action of the current caller, or of the server outside of a request. Resolves when
   * the record is on disk: reply after that. A record that cannot be written waits in memory.
   * @throws {ChatError} AUDIT_UNAVAILABLE if it cannot be written and its event is `required`.
   *   Never rejects for another event.
   */
  record<Event extends AuditEvent>(event: Event, facts?: AuditFacts<Event>): Promise<void>
  /** Records the start and the settings that changed since the last one. Never rejects. */
  recordStart(): Promise<void>
  /** Why the last write failed, undefined if it succeeded, and the number of waiting records. */
  readonly state: AuditRecorder['state']
  /** Records the stop if a start was recorded, and closes the trail. */
  close(): Promise<void>
}

/** Creates the audit of a server, which writes through a recorder. */
export function createServerAudit(options: ServerAuditOptions): ServerAudit {
  const { recorder, version, config, redact, actor, now } = options
  let start: Promise<void> | undefined

  const record: ServerAudit['record'] = async (event, facts = {}) => {
    const redacted = JSON.parse(JSON.stringify(facts, (_, value) => (typeof value === 'string' ? redact(value) : value)))
    const isWritten = await recorder.record({ event, actor: actor(), facts: redacted, time: now() })
    if (!isWritten && AUDIT_EVENTS[event].required) throw new ChatError('AUDIT_UNAVAILABLE')
  }

  async function writeStart(): Promise<void> {
    const settings = describeConfiguration(config, options)
    const hash = createHash('sha256').update(JSON.stringify(settings)).digest('hex')
    await record('server_started', { version, node: process.version, configuration_sha256: hash })
    const changed = compareConfigurations((await recorder.configuration()) ?? settings, settings)
    if (Object.keys(changed).length > 0) await record('configuration_changed', { configuration_sha256: hash, changed })
    await recorder.keepConfiguration(settings)
  }

  return {
    record,
    recordStart() {
      start = writeStart()
      return start
    },
    get state() {
      return recorder.state
    },
    async close() {
      await start
      if (start !== undefined) await record('server_stopped')
      await recorder.close()
    },
  }
}
