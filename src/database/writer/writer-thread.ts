import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { toError } from '../serialized-error.ts'
import { createSql } from '../sql.ts'
import { finishErasures } from './erasure.ts'
import { commitBatch } from './write-batch.ts'
import type { WriterReply, WriterRequest } from './writer.ts'

// Entry point of the writer thread. It holds the process's only writing connection, so a slow disk
// blocks no other thread.

/** 16 MB, about 600 turns. */
const MAX_LOG_PAGES = 4000
const { path } = workerData as { readonly path: string }
// Waits up to 5 s for a lock held by another process, such as a command that ingests documents.
const db = new DatabaseSync(path, { timeout: 5000 })
// FULL: a commit returns when the write-ahead log is on disk. Only this connection checkpoints, and
// not in a commit. secure_delete: erased content is overwritten instead of only unlinked.
db.exec(
  'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON',
)
const sql = createSql(db)
const measureLog = db.prepare('PRAGMA wal_checkpoint(NOOP)')

parentPort?.on('message', (request: WriterRequest) => {
  if (request.kind === 'write') {
    reply(commit(request))
    shortenLog()
    return
  }
  const pending = erase()
  if (request.kind === 'erase') {
    reply({ kind: 'erased', pending })
    return
  }
  // The reading connection closes last; a checkpoint here keeps it from doing this work on the main
  // thread.
  checkpoint()
  db.close()
  parentPort?.close()
})
reply({ kind: 'opened' })

function commit({ calls }: WriterRequest & { kind: 'write' }): WriterReply {
  try {
    return { kind: 'committed', ...commitBatch(db, sql, calls, () => performance.now()) }
  } catch (error) {
    return { kind: 'failed', cause: toError(error) }
  }
}

/**
 * Copies a long write-ahead log to the database, after the reply: within a commit, its turns would
 * wait for it. A longer log makes a turn 3 % cheaper, and the writes behind it wait twice as long.
 */
function shortenLog(): void {
  checkpoint(() => {
    const { log, checkpointed } = measureLog.get() as { readonly log: number; readonly checkpointed: number }
    return log - checkpointed >= MAX_LOG_PAGES
  })
}

function checkpoint(isDue = () => true): void {
  try {
    if (isDue()) db.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } catch {
    // The turns are safe in the log. The next batch tries again, and reports a disk that fails.
  }
}

function erase(): number | undefined {
  try {
    return finishErasures(db, sql)
  } catch {
    // Still pending, and attempted again. The next batch reports a disk that fails.
    return undefined
  }
}

function reply(message: WriterReply): void {
  parentPort?.postMessage(message)
}
