import { deserialize } from 'node:v8'
import { workerData } from 'node:worker_threads'
import { loadRedaction } from '../redaction-module.ts'
import { surveyFiles } from '../survey/file-survey.ts'
import { type ReadItem, type ReadingJob, readJobs } from './reading-job.ts'
import type { SourceOptions } from './source-reader.ts'

// Entry point of the workers that read the files of a run. A worker belongs to one run.

/** Jobs for a worker. */
export interface ReadingTask {
  readonly jobs: readonly ReadingJob[]
  /** The serialized options, which all workers share: the titles of a large site are long. */
  readonly options: SharedArrayBuffer
}

const redaction = loadRedaction((workerData as { readonly redactorModule: string | undefined }).redactorModule)
let options: SourceOptions | undefined

export const survey = surveyFiles

export async function read({ jobs, options: shared }: ReadingTask): Promise<readonly (readonly ReadItem[])[]> {
  options ??= deserialize(Buffer.from(new Uint8Array(shared))) as SourceOptions
  return readJobs(jobs, options, await redaction)
}
