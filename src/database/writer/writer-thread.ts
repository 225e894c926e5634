import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { toError } from '../serialized-error.ts'
import { createSql } from '../sql.ts'
import { commitBatch } from './write-batch.ts'
import type { WriterReply, WriterRequest } from './writer.ts'
import type { WriteName } from './writes.ts'

// Entry point of the writer thread. It holds the process's only writing connection, so a slow disk
// blocks no other thread.

const ERASURES: ReadonlySet<WriteName> = new Set(['eraseTurns', 'deleteSession', 'removeDocuments'])
const { path } = workerData as { readonly path: string }
// Waits up to 5 s for a lock held by another process, such as a command that ingests documents.
const db = new DatabaseSync(path, { timeout: 5000 })
// FULL: a commit returns when the write-ahead log is on disk. Only this connection checkpoints,
// after 16,000 pages (64 MB). secure_delete: erased content is overwritten instead of only
// unlinked.
db.exec(
  'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON',
)
const sql = createSql(db)

parentPort?.on('message', (request: WriterRequest) => {
  if (request.kind === 'write') {
    reply(commit(request))
    // The write-ahead log still holds the erased content. The caller already has its reply.
    if (request.calls.some(({ name }) => ERASURES.has(name))) db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return
  }
  // The reading connection closes last; a checkpoint here keeps it from doing this work on the main
  // thread.
  db.exec('PRAGMA wal_checkpoint(PASSIVE)')
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

function reply(message: WriterReply): void {
  parentPort?.postMessage(message)
}
