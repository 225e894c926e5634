import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
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

/** A message from the thread: its findings, then the outcome of the request. */
export type ThreadReply =
  | { readonly kind: 'finding'; readonly finding: AuditFinding }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly message: string; readonly code: unknown }

/**
 * Creates a writer. Its thread starts with the first call, and again with the next one after it
 * died: a slow disk delays neither the start nor the main thread.
 */
export function createAuditWriter({ dataDir, logDir, lockTimeoutMs, now, dayOf, onFinding }: AuditWriterOptions): AuditWriter {
  let worker: Worker | undefined
  let pending: PromiseWithResolvers<unknown> | undefined
  let last: Promise<unknown> = Promise.resolve()

  function startThread(): Worker {
    // `.ts` when run from source, `.js` when compiled.
    const file = new URL(`./audit-thread${extname(import.meta.filename)}`, import.meta.url)
    const workerData: ThreadOptions = { dataDir, logDir, lockTimeoutMs }
    // Without execArgv the thread would preload the telemetry SDK.
    return new Worker(file, { workerData, execArgv: [], name: 'audit-writer' })
      .on('message', receive)
      .on('error', error => pending?.reject(error))
      .on('exit', code => {
        worker = undefined
        pending?.reject(new Error(`The audit thread exited with code ${code}`))
      })
  }

  function receive(reply: ThreadReply): void {
    if (reply.kind === 'finding') onFinding(reply.finding)
    else if (reply.kind === 'done') pending?.resolve(reply.result)
    else pending?.reject(Object.assign(new Error(reply.message), { code: reply.code }))
  }

  function call(request: Call): Promise<unknown> {
    const outcome = last.then(async () => {
      worker ??= startThread()
      pending = Promise.withResolvers()
      const nowMs = now()
      worker.postMessage({ ...request, nowMs, day: dayOf(nowMs) } satisfies ThreadRequest)
      return pending.promise
    })
    // The caller gets the error; the next call is made all the same.
    last = outcome.catch(() => undefined)
    return outcome
  }

  return {
    append: async entries => void (await call({ kind: 'append', entries })),
    configuration: async () => (await call({ kind: 'configuration' })) as Configuration | undefined,
    keepConfiguration: async configuration => void (await call({ kind: 'keep configuration', configuration })),
    async close() {
      await last
      if (worker === undefined) return
      const exited = once(worker, 'exit')
      await call({ kind: 'close' })
      await exited
    },
  }
}
