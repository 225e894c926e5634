import { createSerialThread } from '../../threads/serial-thread.ts'
import { startThread } from '../../threads/start-thread.ts'
import type { AuditEntry } from '../audit-events.ts'
import type { AuditFolders } from '../audit-identity.ts'
import type { AuditFinding } from '../audit-trail.ts'

/** The settings of a start. */
export type Configuration = Readonly<Record<string, unknown>>

/** The trail as its thread offers it. Calls take effect in their order. */
export interface AuditWriter {
  /**
   * Writes entries together and resolves when they are on disk. Rejects with the trail's error if
   * none of them is; if the thread died, they may be.
   */
  append(entries: readonly AuditEntry[]): Promise<void>
  /** The settings of the last start; undefined before the first. */
  configuration(): Promise<Configuration | undefined>
  keepConfiguration(configuration: Configuration): Promise<void>
  /** Closes the trail and ends the thread. */
  close(): Promise<void>
}

export interface AuditWriterOptions extends AuditFolders {
  /** How long (ms) a write may wait while other processes write. */
  readonly lockTimeoutMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Returns the day of a time as `YYYY-MM-DD`. */
  readonly dayOf: (ms: number) => string
  /** Called when damage or an interrupted write is found. */
  readonly onFinding: (finding: AuditFinding) => void
}

/** What the thread gets at its start. */
export type ThreadOptions = AuditFolders & Pick<AuditWriterOptions, 'lockTimeoutMs'>

/** A message to the thread, which gets one at a time, with the time at which it was sent. */
export type ThreadRequest = { readonly nowMs: number; readonly day: string } & Call

type Call =
  | { readonly kind: 'append'; readonly entries: readonly AuditEntry[] }
  | { readonly kind: 'configuration' }
  | { readonly kind: 'keep configuration'; readonly configuration: Configuration }
  | { readonly kind: 'close' }

type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly message: string; readonly code: unknown }

/** A message from the thread: its findings, then the outcome of the request. */
export type ThreadReply = Outcome | { readonly kind: 'finding'; readonly finding: AuditFinding }

/**
 * Creates a writer. Its thread starts with the first call, and again with the next one after it
 * died: a slow disk delays neither the start nor the main thread.
 */
export function createAuditWriter({ dataDir, logDir, lockTimeoutMs, now, dayOf, onFinding }: AuditWriterOptions): AuditWriter {
  const thread = createSerialThread<ThreadRequest, Outcome, ThreadReply>({
    start: () =>
      startThread('./audit-thread', import.meta, { name: 'audit-writer', workerData: { dataDir, logDir, lockTimeoutMs } }),
    isReply: message => message.kind !== 'finding',
    onMessage: reply => reply.kind === 'finding' && onFinding(reply.finding),
  })
  const date = (request: Call): ThreadRequest => {
    const nowMs = now()
    return { ...request, nowMs, day: dayOf(nowMs) }
  }

  async function call(request: Call): Promise<unknown> {
    return unpack(await thread.call(() => date(request)))
  }

  return {
    append: async entries => void (await call({ kind: 'append', entries })),
    configuration: async () => (await call({ kind: 'configuration' })) as Configuration | undefined,
    keepConfiguration: async configuration => void (await call({ kind: 'keep configuration', configuration })),
    async close() {
      const outcome = await thread.close(date({ kind: 'close' }))
      if (outcome !== undefined) unpack(outcome)
    },
  }
}

function unpack(outcome: Outcome): unknown {
  if (outcome.kind === 'done') return outcome.result
  throw Object.assign(new Error(outcome.message), { code: outcome.code })
}
