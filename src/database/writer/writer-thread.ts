import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { createSql } from '../sql.ts'
import { toError } from './serialized-error.ts'
import { commitBatch } from './write-batch.ts'
import type { WriterReply, WriterRequest } from './writer.ts'
import type { WriteName } from './writes.ts'

// The thread that owns the only writing connection of this process: a disk that takes its time holds up this thread and no other.

const ERASURES: ReadonlySet<WriteName> = new Set(['eraseTurns', 'deleteSession', 'removeDocuments'])
const { path } = workerData as { readonly path: string }
// Waits up to 5 s for a lock that another process holds, a command that ingests documents for instance.
const db = new DatabaseSync(path, { timeout: 5000 })
// FULL: a commit returns after the log is on disk. Checkpoints (after 16,000 pages, 64 MB) are this connection's alone.
// secure_delete: what was erased is overwritten, not only unlinked.
db.exec(
  'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON',
)
const sql = createSql(db)

parentPort?.on('message', (request: WriterRequest) => {
  if (request.kind === 'write') {
    reply(commit(request))
    // The log still holds what it was asked to erase; nobody waits for this.
    if (request.calls.some(({ name }) => ERASURES.has(name))) db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return
  }
  // Here, so that the reader, which closes last, finds nothing left to move.
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
