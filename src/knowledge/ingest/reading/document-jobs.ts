import { formatOf } from '../../formats/source-format.ts'
import type { SharedParts } from '../survey/shared-parts.ts'
import type { SizedFile } from './job-groups.ts'
import type { ReadingJob } from './reading-job.ts'
import { readLines, type SourceItem } from './source-reader.ts'

/** A document to read. */
export interface DocumentJob {
  readonly job: ReadingJob
  readonly file: string
  /** Position of the file in the run. */
  readonly fileIndex: number
  /** Undefined for the problem of a line. */
  readonly id: string | undefined
  readonly bytes: number
}

/** Lists the documents of files in order: one for each file, or one for each of its lines. */
export async function* listJobs(
  files: readonly SizedFile[],
  shared: ReadonlyMap<string, SharedParts>,
): AsyncGenerator<DocumentJob> {
  for (const [fileIndex, { source, bytes }] of files.entries()) {
    const { file, id } = source
    const own = shared.get(file) ?? {}
    if (formatOf(file) === 'json-lines')
      for await (const item of readLines(source, own)) yield { job: { kind: 'item', item }, file, fileIndex, ...measure(item) }
    else yield { job: { kind: 'file', source, shared: own }, file, fileIndex, id, bytes }
  }
}

function measure(item: SourceItem): Pick<DocumentJob, 'id' | 'bytes'> {
  if (item.kind !== 'document') return { id: undefined, bytes: 0 }
  return { id: item.document.id, bytes: item.document.text.length }
}
