import { extname } from 'node:path'
import { type ResourceLimits, Worker } from 'node:worker_threads'

export interface ThreadOptions {
  /** Shown by debuggers and in the name of the thread of the system. */
  readonly name: string
  readonly workerData?: unknown
  readonly limits?: ResourceLimits
}

/**
 * Finds the entry point of a thread.
 * @param path Without extension, relative to the calling file: `./writer-thread`.
 * @param from `import.meta` of the calling file. Its extension is that of the entry point: `.ts`
 * when run from source, `.js` when compiled.
 */
export function threadFile(path: string, from: ImportMeta): URL {
  return new URL(`${path}${extname(from.filename)}`, from.url)
}

/** Starts a thread of this program, whose entry point is named as for `threadFile`. */
export function startThread(path: string, from: ImportMeta, { name, workerData, limits }: ThreadOptions): Worker {
  // Without execArgv the thread would preload the telemetry SDK.
  return new Worker(threadFile(path, from), { name, workerData, execArgv: [], ...(limits && { resourceLimits: limits }) })
}
