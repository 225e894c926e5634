import { statSync } from 'node:fs'
import { ChatError } from '../errors.ts'
import type { Log } from '../logging/log.ts'
import type { LogContext } from '../logging/record/log-context.ts'
import { openConnection } from './connection.ts'
import { createErasures, type Erasures } from './erasures.ts'
import { createReadHealth, type ReadHealth } from './read-health.ts'
import { createReader, type Statement } from './reader.ts'
import { createSessionCache, type SessionCache } from './sessions/session-cache.ts'
import type { SqlReader } from './sql.ts'
import { createWriteIds } from './writer/write-ids.ts'
import { createWriteQueue, type WriteQueue, type WriteQueueState } from './writer/write-queue.ts'
import { startWriter } from './writer/writer.ts'
import { WRITE_SUMMARIES, type WriteName, type WriteParams, type WriteResult } from './writer/writes.ts'

/** A database operation without its values. The text of a write is its name. */
export interface DatabaseOperation extends Statement {
  readonly kind: 'read' | 'write'
}

/**
 * Runs an operation and returns its result, which is a promise for a write. Used for spans and
 * metrics.
 */
export type ObserveDatabase = <T>(operation: DatabaseOperation, run: () => T) => T

export interface DatabaseOptions {
  /** Database file. Created with mode 0600 if missing; its folder must exist. */
  readonly path: string
  /** Silent by default. */
  readonly log?: Log
  /** Milliseconds of a monotonic clock, for durations. Default: `performance.now`. */
  readonly now?: () => number
  /** Operations that take longer (ms) are logged as slow. Default: 100. */
  readonly slowQueryMs?: number
  /**
   * Writes that may be queued or in progress. Further ones are rejected with DATABASE_BUSY.
   * Default: 10,000.
   */
  readonly maxWaitingWrites?: number
  readonly observe?: ObserveDatabase
  /**
   * Called in the caller's async context with the ids of a successful write, before `observe` sees
   * its result.
   */
  readonly onWritten?: (ids: LogContext) => void
  /** Returns the pseudonym of a session id, for log lines and `onWritten`. Default: `[session]`. */
  readonly nameSession?: (id: string) => string
  /** Called for each committed batch with the duration of its COMMIT. */
  readonly onCommit?: (commitMs: number) => void
  /** Called for each slow read and each slow batch of writes. */
  readonly onSlow?: () => void
}

export interface DatabaseState extends WriteQueueState {
  readonly open: boolean
  /** Why reads fail; undefined if they succeed. */
  readonly readFailure: string | undefined
  /** What requests may not do; undefined if they can read and write. */
  readonly problem: 'not readable' | 'not writable' | undefined
  /** Erasures whose content may still be in the write-ahead log. */
  readonly pendingErasures: number
  /** Size of the write-ahead log file. */
  readonly walBytes: number
}

/**
 * The embedded database. Reads run as SQL on the calling thread, writes run by name on the writer
 * thread. A read sees every write that has resolved. If the disk fails, reads throw
 * DATABASE_UNAVAILABLE.
 */
export interface Database extends SqlReader {
  /**
   * Resolves to the write's result when it is on disk. Writes take effect in the order of the
   * calls.
   * @throws {ChatError} DATABASE_BUSY if too many writes are queued; DATABASE_UNAVAILABLE if the
   * write failed (after a crash of the writer thread it may have been stored); SHUTTING_DOWN after
   * `close`; and any error of the write itself.
   */
  write<Name extends WriteName>(name: Name, params: WriteParams<Name>): Promise<WriteResult<Name>>
  /** Whether the content that was erased has left the files. */
  readonly erased: Erasures['settle']
  readonly state: DatabaseState
  /** Takes a read that another thread has failed to make. */
  reportFailedRead: ReadHealth['report']
  /**
   * Tries what the disk has failed again: the last read, and the last write, with one that is
   * stored. A server that is not ready gets no requests, so nothing else would show that the
   * database works again. Also attempts pending erasures. Never rejects.
   */
  probe(): Promise<void>
  /** Logs that writes stall, and that they no longer do. A hanging disk makes the probe wait. */
  readonly watch: WriteQueue['watch']
  /** Open sessions in memory. Follows each write. */
  readonly sessions: Pick<SessionCache, 'get' | 'keep' | 'forget'>
  /**
   * Finishes all accepted writes, checkpoints the write-ahead log and closes the database. Further
   * calls return the same promise.
   */
  close(): Promise<void>
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Opens a database, migrates it to the current schema and starts its writer thread.
 * @throws {ChatError} DATABASE_TOO_NEW; DATABASE_UNAVAILABLE, with the cause, if the file cannot be
 * opened or is not a database.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { path, log = SILENT, now = () => performance.now(), slowQueryMs = 100, maxWaitingWrites = 10_000 } = options
  const { observe = (_, run) => run(), onCommit, onWritten, onSlow = () => undefined } = options
  const idsOf = createWriteIds(options.nameSession ?? (() => '[session]'))
  const connection = openConnection(path, log)
  const sessions = createSessionCache()
  const reads = createReadHealth(connection)
  const reader = createReader(connection, {
    now,
    slowQueryMs,
    onSlow(read) {
      onSlow()
      log.warn({ ...read }, 'Slow database read')
    },
    onFailure: reads.report,
    observe: (statement, run) => observe({ ...statement, kind: 'read' }, run),
  })
  const queue = createWriteQueue({
    startWriter: () => startWriter(path),
    log,
    now,
    slowQueryMs,
    maxWaitingWrites,
    idsOf,
    onCommit({ commitMs, isSlow }) {
      onCommit?.(commitMs)
      if (isSlow) onSlow()
    },
  })

  const countErasures = connection.prepare('SELECT count(*) AS pending FROM pending_erasures')
  const erasures = createErasures({
    attempt: queue.erase,
    count: () => Number(countErasures.get()?.pending),
    log,
  })

  /** Any other error means that the write was refused or rolled back. */
  function forgetIfUncertain(error: unknown): never {
    if (error instanceof ChatError && error.code === 'DATABASE_UNAVAILABLE') sessions.clear()
    throw error
  }

  function write<Name extends WriteName>(name: Name, params: WriteParams<Name>): Promise<WriteResult<Name>> {
    return observe({ name: WRITE_SUMMARIES[name], text: name, kind: 'write' }, async () => {
      const result = (await queue.write({ name, params }).catch(forgetIfUncertain)) as WriteResult<Name>
      sessions.follow(name, params, result)
      const ids = idsOf(name, params, result)
      if (ids !== undefined) onWritten?.(ids)
      return result
    })
  }

  async function closeOnce(): Promise<void> {
    await queue.close()
    connection.close()
    log.info({ function: 'close_connection', connection: 'reader' }, 'Database connection closed')
  }
  let closed: Promise<void> | undefined

  return {
    all: reader.all,
    get: reader.get,
    sessions,
    write,
    erased: erasures.settle,
    reportFailedRead: reads.report,
    async probe() {
      reads.probe()
      if (queue.state.isFailing) await Promise.allSettled([queue.tryAgain(), write('probe', undefined)])
      // A failing disk fails reads, too, and the next probe retries.
      await erasures.retry().catch(() => undefined)
    },
    watch: queue.watch,
    get state() {
      const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      const { writer, isFailing, isStalled } = queue.state
      const canWrite = writer === 'running' && !isFailing && !isStalled
      const problem: DatabaseState['problem'] =
        reads.failure !== undefined ? 'not readable' : canWrite ? undefined : 'not writable'
      return {
        open: closed === undefined,
        problem,
        readFailure: reads.failure,
        ...queue.state,
        pendingErasures: erasures.pending,
        walBytes,
      }
    },
    close: () => (closed ??= closeOnce()),
  }
}
