import { statSync } from 'node:fs'
import type { Log } from '../logging/log.ts'
import type { LogContext } from '../logging/record/log-context.ts'
import { openConnection } from './connection.ts'
import { createReader, type Statement } from './reader.ts'
import type { SqlReader } from './sql.ts'
import { idsOfWrite } from './writer/write-ids.ts'
import { createWriteQueue, type WriteQueueState } from './writer/write-queue.ts'
import { startWriter } from './writer/writer.ts'
import { WRITE_SUMMARIES, type WriteName, type WriteParams, type WriteResult } from './writer/writes.ts'

/** A database operation as it may be told: a write's text is its name. */
export interface DatabaseOperation extends Statement {
  readonly kind: 'read' | 'write'
}

/** Runs an operation and hands its result on, a promise for a write: the place for a span and a measurement. */
export type ObserveDatabase = <T>(operation: DatabaseOperation, run: () => T) => T

export interface DatabaseOptions {
  /** The database's file; made, readable by its owner alone, where there is none. Its folder has to exist. */
  readonly path: string
  /** Silent by default. */
  readonly log?: Log
  /** Milliseconds of a clock that never goes back; `performance.now` by default. Used for durations only. */
  readonly now?: () => number
  /** From here on an operation is logged as slow. 100 by default. */
  readonly slowQueryMs?: number
  /** Writes that may wait or be under way; one more is refused. 10,000 by default. */
  readonly maxWaitingWrites?: number
  readonly observe?: ObserveDatabase
  /**
   * Called with the session, turn and user of a write that succeeded, in the caller's asynchronous context and before `observe` sees
   * the result.
   */
  readonly onWritten?: (ids: LogContext) => void
  /** Told of each batch of writes that is on disk, with the commit's own share of the time. */
  readonly onCommit?: (commitMs: number) => void
  /** Told of each read, and each batch of writes, that was logged as slow. */
  readonly onSlow?: () => void
}

export interface DatabaseState extends WriteQueueState {
  readonly open: boolean
  /** Size of the write-ahead log. */
  readonly walBytes: number
}

/** The embedded store: reads by SQL on the calling thread, writes by name on another. Reads see every write that has resolved. */
export interface Database extends SqlReader {
  /**
   * Resolves to the write's result when it is on disk. Writes take effect in the order in which they were asked for.
   * @throws {ChatError} DATABASE_BUSY where too many wait; DATABASE_UNAVAILABLE where it could not be written (after the death of the writer
   * thread: perhaps was); SHUTTING_DOWN after `close`; and what the write itself throws.
   */
  write<Name extends WriteName>(name: Name, params: WriteParams<Name>): Promise<WriteResult<Name>>
  readonly state: DatabaseState
  /** Finishes all accepted writes, moves the log into the database and closes it. Calls after the first are the first's. */
  close(): Promise<void>
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Opens a database, migrated to today's tables, and starts its writer thread.
 * @throws {ChatError} DATABASE_TOO_NEW; DATABASE_UNAVAILABLE, with the cause, where the file cannot be opened or is no database.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { path, log = SILENT, now = () => performance.now(), slowQueryMs = 100, maxWaitingWrites = 10_000 } = options
  const { observe = (_, run) => run(), onCommit, onWritten, onSlow = () => undefined } = options
  const connection = openConnection(path, log)
  const reader = createReader(connection, {
    log,
    now,
    slowQueryMs,
    onSlow,
    observe: (statement, run) => observe({ ...statement, kind: 'read' }, run),
  })
  const queue = createWriteQueue({
    startWriter: () => startWriter(path),
    log,
    now,
    slowQueryMs,
    maxWaitingWrites,
    onCommit({ commitMs, isSlow }) {
      onCommit?.(commitMs)
      if (isSlow) onSlow()
    },
  })

  async function closeOnce(): Promise<void> {
    await queue.close()
    connection.close()
    log.info({ function: 'close_connection', connection: 'reader' }, 'Database connection closed')
  }
  let closed: Promise<void> | undefined

  return {
    all: reader.all,
    get: reader.get,
    write: <Name extends WriteName>(name: Name, params: WriteParams<Name>) =>
      observe({ name: WRITE_SUMMARIES[name], text: name, kind: 'write' }, async () => {
        const result = (await queue.write({ name, params })) as WriteResult<Name>
        const ids = idsOfWrite(name, params, result)
        if (ids !== undefined) onWritten?.(ids)
        return result
      }),
    get state() {
      const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      return { open: closed === undefined, ...queue.state, walBytes }
    },
    close: () => (closed ??= closeOnce()),
  }
}
