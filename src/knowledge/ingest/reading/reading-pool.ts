import { serialize } from 'node:v8'
import { Piscina } from 'piscina'
import { errnoOf, messageOf } from '../../../errors.ts'
import { threadFile } from '../../../threads/start-thread.ts'
import { loadRedaction } from '../redaction-module.ts'
import type { SourceFile } from '../source-finder.ts'
import { type FileSurvey, surveyFiles } from '../survey/file-survey.ts'
import { type ReadItem, type ReadingJob, readJobs } from './reading-job.ts'
import type { ReadingTask } from './reading-thread.ts'
import type { SourceOptions } from './source-reader.ts'

export interface ReadingPoolOptions {
  /** Workers; without any, files are read in the calling thread, without limits. */
  readonly threads: number
  /** URL of the module whose `createRedactor` recognizes what is not cut. */
  readonly redactorModule?: URL | undefined
  /**
   * Wall-clock limit for the jobs of a call, with their wait for a worker. Default 300 s: the CPU
   * time of each is limited, but a library may hang.
   */
  readonly limitMs?: number
  /** Heap limit of a worker. Default: 512 MB. */
  readonly maxHeapMb?: number
}

/** Reads the files of one run. Results are in the order of the jobs. */
export interface ReadingPool {
  survey(files: readonly SourceFile[]): Promise<readonly (FileSurvey | undefined)[]>
  /**
   * Reads documents. One that takes too much time or memory is unreadable.
   * @param options The same for all calls.
   */
  read(jobs: readonly ReadingJob[], options: SourceOptions): Promise<readonly (readonly ReadItem[])[]>
  close(): Promise<void>
}

/** Starts workers, which stay until the pool is closed. */
export function createReadingPool(options: ReadingPoolOptions): ReadingPool {
  const { threads, redactorModule } = options
  if (threads > 0) return startWorkers(options)
  const redaction = loadRedaction(redactorModule?.href)
  return {
    survey: surveyFiles,
    read: async (jobs, sourceOptions) => readJobs(jobs, sourceOptions, await redaction),
    close: async () => undefined,
  }
}

function startWorkers({ threads, redactorModule, limitMs = 300_000, maxHeapMb = 512 }: ReadingPoolOptions): ReadingPool {
  const pool = new Piscina({
    filename: threadFile('./reading-thread', import.meta).href,
    minThreads: threads,
    maxThreads: threads,
    workerData: { redactorModule: redactorModule?.href },
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    // Without it the threads would preload the telemetry SDK.
    execArgv: [],
  })
  let shared: SharedArrayBuffer | undefined

  /** Runs jobs. If they end a worker, each is run alone, and only those that end one fail. */
  async function run<Job, Result>(
    name: 'survey' | 'read',
    jobs: readonly Job[],
    toTask: (jobs: readonly Job[]) => unknown,
    fail: (job: Job, problem: string) => Result,
  ): Promise<readonly Result[]> {
    try {
      return await pool.run(toTask(jobs), { name, signal: AbortSignal.timeout(limitMs) })
    } catch (error) {
      if (jobs.length === 1) return [fail(jobs[0]!, describeEnd(error))]
      const results: Result[] = []
      for (const job of jobs) results.push(...(await run(name, [job], toTask, fail)))
      return results
    }
  }

  return {
    survey: files =>
      run(
        'survey',
        files,
        some => some,
        () => undefined,
      ),
    read(jobs, options) {
      shared ??= share(options)
      const toTask = (some: readonly ReadingJob[]): ReadingTask => ({ jobs: some, options: shared! })
      return run<ReadingJob, readonly ReadItem[]>('read', jobs, toTask, (job, problem) => [toUnreadable(job, problem)])
    },
    close: () => pool.destroy(),
  }
}

function share(options: SourceOptions): SharedArrayBuffer {
  const bytes = serialize(options)
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}

function toUnreadable(job: ReadingJob, problem: string): ReadItem {
  if (job.kind === 'file') return { kind: 'unreadable', where: job.source.file, id: job.source.id, problem }
  const { item } = job
  return item.kind === 'document' ? { kind: 'unreadable', where: item.where, id: item.document.id, problem } : item
}

function describeEnd(error: unknown): string {
  if (errnoOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') return 'The document takes too much memory to parse'
  return error instanceof Error && error.name === 'AbortError' ? 'The document takes too long to parse' : messageOf(error)
}
