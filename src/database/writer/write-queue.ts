import type { Worker } from 'node:worker_threads'
import { snakeCase } from '../../base/camel-case.ts'
import { roundMs } from '../../base/round-ms.ts'
import { ChatError } from '../../errors.ts'
import type { Log } from '../../logging/log.ts'
import { deserializeError } from '../serialized-error.ts'
import { databaseUnavailable } from '../sqlite-errors.ts'
import { findFailedWrite } from './failed-write.ts'
import type { CommittedBatch, WriteCall, WriteOutcome } from './write-batch.ts'
import type { IdsOfWrite } from './write-ids.ts'
import { createWriteStall, type WriteStall } from './write-stall.ts'
import type { WriterReply } from './writer.ts'
import { superviseWriter, type WriterState } from './writer-supervisor.ts'

export interface WriteQueueOptions {
  readonly startWriter: () => Worker
  readonly log: Log
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Batches that take longer, including the wait for the write lock, are logged as slow. */
  readonly slowQueryMs: number
  /** Writes that may be queued or in progress. Further ones are rejected with DATABASE_BUSY. */
  readonly maxWaitingWrites: number
  readonly onCommit?: (commit: Commit) => void
  readonly idsOf: IdsOfWrite
}

/** A batch that is on disk. */
export interface Commit {
  /** Duration of the COMMIT alone, which is the disk's share. */
  readonly commitMs: number
  /** Whether the batch as a whole was slow. */
  readonly isSlow: boolean
}

export interface WriteQueueState {
  readonly writer: WriterState
  /**
   * Whether the disk fails writes, for example because it is full: from the first one until the
   * probe succeeds.
   */
  readonly isFailing: boolean
  readonly isStalled: WriteStall['isStalled']
  /** Writes accepted and not yet on disk. */
  readonly waitingWrites: number
  /** Whether the writer thread is working on a batch. */
  readonly isWriting: boolean
  /** Duration of the last commit; undefined before the first. */
  readonly lastCommitMs: number | undefined
}

export interface WriteQueue {
  /**
   * Resolves to the write's result when it is on disk.
   * @throws {ChatError} DATABASE_BUSY, DATABASE_UNAVAILABLE, SHUTTING_DOWN, or what the write
   * itself throws.
   */
  write(call: WriteCall): Promise<unknown>
  /** Tries the last write that the disk failed, and rolls it back. */
  tryAgain(): Promise<unknown>
  /**
   * Makes one attempt to finish erasures, after the batch in progress. Resolves to the number that
   * is still pending; undefined if the disk or the thread failed.
   */
  erase(): Promise<number | undefined>
  readonly state: WriteQueueState
  readonly watch: WriteStall['watch']
  /** Resolves when all accepted writes are done and the thread has exited. Call it once. */
  close(): Promise<void>
}

type LoggedIds = Readonly<Record<string, string | readonly string[]>>

interface Pending {
  readonly call: WriteCall
  readonly since: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Limits the duration of a batch, and of the event-loop turn that sends the replies of all its
 * turns.
 */
const BATCH_LIMIT = 64
/** Maximum ids of one kind in the log line of a slow batch. */
const LOGGED_IDS = 10

/**
 * The queue in front of the writer thread (group commit). Writes that arrive during a commit form
 * the next batch and share the cost of its commit; without a commit in progress a write is sent at
 * once. Order is kept. Writes whose batch cannot be committed, and all queued writes when the
 * thread exits, are rejected with DATABASE_UNAVAILABLE.
 */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { startWriter, log, now, slowQueryMs, maxWaitingWrites, onCommit, idsOf } = options
  let waiting: Pending[] = []
  let inProgress: Pending[] = []
  let sentAt = 0
  let isSendScheduled = false
  let failed: WriteCall | undefined
  let lastCommitMs: number | undefined
  let erasing: ((pending: number | undefined) => void)[] = []
  let onIdle: (() => void) | undefined
  const stall = createWriteStall({ log, now, waitingSince: () => (inProgress[0] ?? waiting[0])?.since })
  const writer = superviseWriter({ startWriter, log, onReply: receive, onExit: rejectLost })

  function write(call: WriteCall): Promise<unknown> {
    if (onIdle !== undefined) return Promise.reject(new ChatError('SHUTTING_DOWN'))
    if (waiting.length + inProgress.length >= maxWaitingWrites)
      return Promise.reject(new ChatError('DATABASE_BUSY', { retryAfterS: 1 }))
    return new Promise((resolve, reject) => {
      waiting.push({ call, since: now(), resolve, reject })
      scheduleSend()
    })
  }

  /** Sends at the end of this event loop iteration: all writes of the iteration share a batch. */
  function scheduleSend(): void {
    if (isSendScheduled) return
    isSendScheduled = true
    setImmediate(send)
  }

  function send(): void {
    isSendScheduled = false
    if (waiting.length === 0 && inProgress.length === 0) onIdle?.()
    if (waiting.length === 0 || inProgress.length > 0 || writer.state !== 'running') return
    inProgress = waiting.splice(0, BATCH_LIMIT)
    sentAt = now()
    writer.send({ kind: 'write', calls: inProgress.map(({ call }) => call) })
  }

  function receive(reply: WriterReply): void {
    scheduleSend()
    if (reply.kind === 'opened') return
    if (reply.kind === 'erased') {
      erasing.shift()?.(reply.pending)
      return
    }
    const batch = inProgress
    inProgress = []
    failed = findFailedWrite(
      batch.map(({ call }) => call),
      reply,
      failed,
    )
    if (reply.kind === 'committed') resolveAll(batch, reply)
    else rejectAll(batch, reply.cause)
  }

  function resolveAll(batch: readonly Pending[], { outcomes, tookMs, commitMs }: CommittedBatch): void {
    lastCommitMs = commitMs
    const isSlow = tookMs > slowQueryMs
    if (isSlow) logSlow(batch, { outcomes, tookMs, commitMs })
    onCommit?.({ commitMs, isSlow })
    outcomes.forEach((outcome, i) => {
      if (outcome.kind === 'written') batch[i]?.resolve(outcome.result)
      else batch[i]?.reject(deserializeError(outcome.error))
    })
  }

  /**
   * One line for the whole batch: a line for each of its writes would load a slow disk even more.
   */
  function logSlow(batch: readonly Pending[], { outcomes, tookMs, commitMs }: CommittedBatch): void {
    const operations = [...new Set(batch.map(({ call }) => snakeCase(call.name)))].sort()
    const waitedMs = sentAt - Math.min(...batch.map(({ since }) => since))
    const timesMs = { took_ms: roundMs(tookMs), commit_ms: roundMs(commitMs), waited_ms: roundMs(waitedMs) }
    log.warn(
      { function: 'write', operations, rows: batch.length, ...timesMs, ...listIds(batch, outcomes, idsOf) },
      'Slow database write',
    )
  }

  function rejectLost(exitCode: number): void {
    const lost = [...inProgress, ...waiting]
    failed ??= { name: 'probe', params: undefined }
    inProgress = []
    waiting = []
    abandonErasing()
    rejectAll(lost, new Error(`The writer thread exited with code ${exitCode}`))
    scheduleSend()
  }

  function erase(): Promise<number | undefined> {
    if (writer.state !== 'running') return Promise.resolve(undefined)
    return new Promise(resolve => {
      erasing.push(resolve)
      writer.send({ kind: 'erase' })
    })
  }

  function abandonErasing(): void {
    for (const resolve of erasing) resolve(undefined)
    erasing = []
  }

  function rejectAll(pending: readonly Pending[], cause: Error): void {
    if (pending.length > 0) log.error({ function: 'write', rows: pending.length, err: cause }, 'Database writes failed')
    for (const { reject } of pending) reject(databaseUnavailable(cause))
  }

  return {
    write,
    erase,
    watch: stall.watch,
    tryAgain: async () => failed && write({ ...failed, isTrial: true }),
    get state() {
      return {
        writer: writer.state,
        isFailing: failed !== undefined,
        isStalled: stall.isStalled,
        waitingWrites: waiting.length + inProgress.length,
        isWriting: inProgress.length > 0,
        lastCommitMs,
      }
    },
    async close() {
      const idle = Promise.withResolvers<void>()
      onIdle = idle.resolve
      scheduleSend()
      await idle.promise
      await writer.stop()
      abandonErasing()
    },
  }
}

/**
 * `session_id`, `turn_id` and `user_id` of a batch; `session_ids`, `turn_ids`, `user_ids` if it has
 * several.
 */
function listIds(batch: readonly Pending[], outcomes: readonly WriteOutcome[], idsOf: IdsOfWrite): LoggedIds {
  const found = outcomes.map((outcome, i) => {
    const call = batch[i]?.call
    return outcome.kind === 'written' && call !== undefined ? idsOf(call.name, call.params, outcome.result) : undefined
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
