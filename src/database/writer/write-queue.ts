import type { Worker } from 'node:worker_threads'
import { ChatError } from '../../errors.ts'
import type { Log } from '../../logging/log.ts'
import { roundMs } from '../../round-ms.ts'
import { databaseUnavailable, unpackThrown } from './serialized-error.ts'
import type { CommittedBatch, WriteCall, WriteOutcome } from './write-batch.ts'
import { idsOfWrite } from './write-ids.ts'
import type { WriterReply } from './writer.ts'
import { keepWriter, type WriterState } from './writer-supervisor.ts'

export interface WriteQueueOptions {
  readonly startWriter: () => Worker
  readonly log: Log
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /** Batches that took longer, from asking for the write lock to being on disk, are logged. */
  readonly slowQueryMs: number
  /** Writes that may wait or be under way; one more is refused. */
  readonly maxWaitingWrites: number
  readonly onCommit?: (commit: Commit) => void
}

/** A batch that is on disk. */
export interface Commit {
  /** The commit's own share: what the disk takes. */
  readonly commitMs: number
  /** Whether the batch as a whole was slow. */
  readonly isSlow: boolean
}

export interface WriteQueueState {
  readonly writer: WriterState
  /** Whether the last batch could not be written, the disk being full for instance. */
  readonly isFailing: boolean
  /** Writes accepted and not yet on disk. */
  readonly waitingWrites: number
  /** Whether a batch is under way in the writer thread. */
  readonly isWriting: boolean
  /** How long the last commit took; undefined before the first. */
  readonly lastCommitMs: number | undefined
}

export interface WriteQueue {
  /**
   * Resolves to the write's result when it is on disk.
   * @throws {ChatError} DATABASE_BUSY, DATABASE_UNAVAILABLE, SHUTTING_DOWN, or what the write itself throws.
   */
  write(call: WriteCall): Promise<unknown>
  readonly state: WriteQueueState
  /** Resolves when all accepted writes are over and the thread has ended. To be called once. */
  close(): Promise<void>
}

interface Pending {
  readonly call: WriteCall
  readonly since: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Bounds how long the first of a batch waits for the last: a thousand turns take about 20 ms. */
const BATCH_LIMIT = 1000
/** Ids of one kind that the line about a slow batch lists at most. */
const LOGGED_IDS = 10

/**
 * The queue in front of the writer thread. While a batch is being committed, what arrives waits and goes as the next batch: so as many writes
 * as there are share a commit's cost, and none waits where there is nothing to wait for. Order is kept. A batch that cannot be committed, and
 * everything that waits when the thread dies, is rejected with DATABASE_UNAVAILABLE; the next batch tries anew.
 */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { startWriter, log, now, slowQueryMs, maxWaitingWrites, onCommit } = options
  let waiting: Pending[] = []
  let underWay: Pending[] = []
  let sentAt = 0
  let isSendScheduled = false
  let isFailing = false
  let lastCommitMs: number | undefined
  let onDrained: (() => void) | undefined
  const writer = keepWriter({ startWriter, log, onReply: receive, onDeath })

  function write(call: WriteCall): Promise<unknown> {
    if (onDrained !== undefined) return Promise.reject(new ChatError('SHUTTING_DOWN'))
    if (waiting.length + underWay.length >= maxWaitingWrites)
      return Promise.reject(new ChatError('DATABASE_BUSY', { retryAfterS: 1 }))
    return new Promise((resolve, reject) => {
      waiting.push({ call, since: now(), resolve, reject })
      scheduleSend()
    })
  }

  /** At the end of this turn of the event loop, so that all that becomes known in it travels together. */
  function scheduleSend(): void {
    if (isSendScheduled) return
    isSendScheduled = true
    setImmediate(send)
  }

  function send(): void {
    isSendScheduled = false
    if (waiting.length === 0 && underWay.length === 0) onDrained?.()
    if (waiting.length === 0 || underWay.length > 0 || writer.state !== 'running') return
    underWay = waiting.splice(0, BATCH_LIMIT)
    sentAt = now()
    writer.send({ kind: 'write', calls: underWay.map(({ call }) => call) })
  }

  function receive(reply: WriterReply): void {
    scheduleSend()
    if (reply.kind === 'opened') return
    const batch = underWay
    underWay = []
    isFailing = reply.kind === 'failed'
    if (reply.kind === 'committed') settle(batch, reply)
    else rejectAll(batch, reply.cause)
  }

  function settle(batch: readonly Pending[], { outcomes, tookMs, commitMs }: CommittedBatch): void {
    lastCommitMs = commitMs
    const isSlow = tookMs > slowQueryMs
    if (isSlow) logSlow(batch, { outcomes, tookMs, commitMs })
    onCommit?.({ commitMs, isSlow })
    outcomes.forEach((outcome, i) => {
      if (outcome.kind === 'written') batch[i]?.resolve(outcome.result)
      else batch[i]?.reject(unpackThrown(outcome.thrown))
    })
  }

  /** One line for the batch: on a slow disk each of its writes was as slow, and a line for each would make it slower. */
  function logSlow(batch: readonly Pending[], { outcomes, tookMs, commitMs }: CommittedBatch): void {
    const operations = [...new Set(batch.map(({ call }) => call.name))].sort()
    const waitedMs = sentAt - Math.min(...batch.map(({ since }) => since))
    const timesMs = { took_ms: roundMs(tookMs), commit_ms: roundMs(commitMs), waited_ms: roundMs(waitedMs) }
    log.warn({ function: 'write', operations, rows: batch.length, ...timesMs, ...idsOf(batch, outcomes) }, 'Slow database write')
  }

  function onDeath(exitCode: number): void {
    const lost = [...underWay, ...waiting]
    underWay = []
    waiting = []
    rejectAll(lost, new Error(`The writer thread ended with exit code ${exitCode}`))
    scheduleSend()
  }

  function rejectAll(pending: readonly Pending[], cause: Error): void {
    if (pending.length > 0) log.error({ function: 'write', rows: pending.length, err: cause }, 'Database writes failed')
    for (const { reject } of pending) reject(databaseUnavailable(cause))
  }

  return {
    write,
    get state() {
      const waitingWrites = waiting.length + underWay.length
      return { writer: writer.state, isFailing, waitingWrites, isWriting: underWay.length > 0, lastCommitMs }
    },
    async close() {
      const drained = Promise.withResolvers<void>()
      onDrained = drained.resolve
      scheduleSend()
      await drained.promise
      await writer.stop()
    },
  }
}

/** `session_id`, `turn_id` and `user_id` of the batch; `session_ids` and so on where it has several. */
function idsOf(batch: readonly Pending[], outcomes: readonly WriteOutcome[]): Record<string, string | readonly string[]> {
  const found = outcomes.map((outcome, i) => {
    const call = batch[i]?.call
    return outcome.kind === 'written' && call !== undefined ? idsOfWrite(call.name, call.params, outcome.result) : undefined
  })
  const lists = (['session_id', 'turn_id', 'user_id'] as const).map(key => {
    const distinct = [...new Set(found.flatMap(ids => ids?.[key] ?? []))]
    return [key, distinct] as const
  })
  return Object.fromEntries(
    lists.flatMap(([key, [first, ...others]]) => {
      if (first === undefined) return []
      return [others.length === 0 ? [key, first] : [`${key}s`, [first, ...others].slice(0, LOGGED_IDS)]]
    }),
  )
}
