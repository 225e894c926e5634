import { messageOf } from '../../errors.ts'
import { AUDIT_EVENTS, type AuditEntry } from '../audit-events.ts'
import type { AuditWriter, Configuration } from './audit-writer.ts'

export interface AuditRecorderOptions {
  readonly writer: AuditWriter
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called for each record that cannot be written, and for each failed retry. */
  readonly onFailure: (error: unknown, entry: AuditEntry | undefined) => void
  /** Called when writing works again, with the number of records that had waited. */
  readonly onRecovery: (written: number) => void
}

/** Writes to the trail for a process that must keep running if the trail cannot be written. */
export interface AuditRecorder {
  /**
   * Writes the waiting entries, then this one, and resolves to whether it is on disk. If it cannot
   * be written, it waits with its own time; an entry whose event is `required` does not, because
   * its action is refused. Never rejects. Entries are written in the order of the calls; those that
   * wait at the same time share one sync of the disk. While a thousand callers wait for a disk that
   * hangs, further entries are not accepted, and counted as missed unless they are `required`.
   */
  record(entry: AuditEntry): Promise<boolean>
  /** Tries to write the waiting entries. */
  retry(): Promise<void>
  /** The settings of the last start; undefined before the first, or if they cannot be read. */
  configuration(): Promise<Configuration | undefined>
  keepConfiguration(configuration: Configuration): Promise<void>
  readonly state: { readonly failure: string | undefined; readonly waiting: number }
  /** Tries once more to write the waiting entries, then closes the trail. */
  close(): Promise<void>
}

/** An entry, and its caller if that waits for it. */
interface Waiting {
  readonly entry: AuditEntry
  settle: ((failure: { readonly error: unknown } | undefined) => void) | undefined
}

/**
 * About 300 KB. Beyond this the oldest entries are dropped and counted in a record of their own.
 */
const MAX_WAITING = 1000
/** Entries whose callers wait, while the disk hangs: a caller may hold a request. */
const MAX_CALLERS = 1000
/** About 20 KB: after a crash, as much of the trail may have to be completed. */
const MAX_GROUP = 64

/** Creates a recorder. */
export function createAuditRecorder({ writer, now, onFailure, onRecovery }: AuditRecorderOptions): AuditRecorder {
  let waiting: Waiting[] = []
  let callers = 0
  let missed = 0
  let failed: { readonly error: unknown } | undefined
  let flushing: Promise<void> | undefined

  /** Writes what waits, in groups, until nothing does or a group fails. */
  async function flush(): Promise<void> {
    const late = waiting.filter(({ settle }) => settle === undefined).length
    try {
      do {
        const group = waiting.slice(0, MAX_GROUP)
        const described = missed
        await writer.append([...describeMissed(), ...group.map(({ entry }) => entry)])
        missed -= described
        waiting = waiting.slice(group.length)
        for (const { settle } of group) settle?.(undefined)
      } while (waiting.length > 0)
      if (failed !== undefined) onRecovery(late)
      failed = undefined
    } catch (error) {
      fail(error)
    } finally {
      // In the same step: an entry that arrives after the last look starts another flush.
      flushing = undefined
    }
  }

  /** Refuses the entries whose actions need a record. The others wait, without their callers. */
  function fail(error: unknown): void {
    failed = { error }
    const settles = waiting.flatMap(({ settle }) => settle ?? [])
    waiting = waiting.filter(({ entry, settle }) => settle === undefined || !AUDIT_EVENTS[entry.event].required)
    for (const item of waiting) item.settle = undefined
    missed += Math.max(0, waiting.length - MAX_WAITING)
    waiting = waiting.slice(-MAX_WAITING)
    for (const settle of settles) settle({ error })
    if (settles.length === 0) onFailure(error, undefined)
  }

  function refuse(entry: AuditEntry): false {
    const error = new Error(`${MAX_CALLERS} audit records wait for the disk`)
    failed = { error }
    if (!AUDIT_EVENTS[entry.event].required) missed++
    onFailure(error, entry)
    return false
  }

  function describeMissed(): AuditEntry[] {
    return missed === 0 ? [] : [{ event: 'records_missed', actor: 'server', time: now(), facts: { missed } }]
  }

  /** Starts to write, unless that is in progress: then all that waits is written as well. */
  function startFlush(): Promise<void> {
    flushing ??= flush()
    return flushing
  }

  /** Reads or writes the settings. A failure is one of the trail. */
  async function attempt<Result>(use: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await use()
    } catch (error) {
      failed = { error }
      onFailure(error, undefined)
      return undefined
    }
  }

  const retry = async () => {
    if (waiting.length > 0 || failed !== undefined) await startFlush()
  }

  return {
    get state() {
      return { failure: failed && messageOf(failed.error), waiting: waiting.length }
    },
    async record(entry) {
      if (callers === MAX_CALLERS) return refuse(entry)
      callers++
      const { promise, resolve } = Promise.withResolvers<{ readonly error: unknown } | undefined>()
      waiting.push({ entry, settle: resolve })
      void startFlush()
      const failure = await promise
      callers--
      // Here and not in `fail`: the log line then has the ids of this entry's request.
      if (failure !== undefined) onFailure(failure.error, entry)
      return failure === undefined
    },
    retry,
    configuration: () => attempt(writer.configuration),
    keepConfiguration: configuration => attempt(() => writer.keepConfiguration(configuration)).then(() => undefined),
    async close() {
      await retry()
      await writer.close()
    },
  }
}
