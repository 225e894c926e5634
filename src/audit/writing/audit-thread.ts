import { parentPort, workerData } from 'node:worker_threads'
import { errnoOf, messageOf } from '../../errors.ts'
import { type AuditTrail, openAuditTrail } from '../audit-trail.ts'
import type { ThreadOptions, ThreadReply, ThreadRequest } from './audit-writer.ts'

// Entry point of the audit thread. It syncs the trail, so a slow disk blocks no other thread.

const options = workerData as ThreadOptions
let trail: AuditTrail | undefined
let sent = { nowMs: 0, day: '' }

parentPort?.on('message', (request: ThreadRequest) => {
  sent = request
  try {
    reply({ kind: 'done', result: run(request) })
  } catch (error) {
    // The next request opens it again.
    trail?.close()
    trail = undefined
    reply({ kind: 'failed', message: messageOf(error), code: errnoOf(error) })
  }
  if (request.kind === 'close') parentPort?.close()
})

function run(request: ThreadRequest): unknown {
  if (request.kind === 'close') return trail?.close()
  trail ??= openAuditTrail({
    ...options,
    writer: 'server',
    now: () => sent.nowMs,
    dayOf: () => sent.day,
    onFinding: finding => reply({ kind: 'finding', finding }),
  })
  if (request.kind === 'configuration') return trail.configuration()
  if (request.kind === 'keep configuration') return trail.keepConfiguration(request.configuration)
  // A head cannot be used by the main thread; it only has to know that the records are on disk.
  trail.append(...request.entries)
  return undefined
}

function reply(message: ThreadReply): void {
  parentPort?.postMessage(message)
}
