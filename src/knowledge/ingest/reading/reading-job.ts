import { messageOf } from '../../../errors.ts'
import type { Redact } from '../../../reply-text.ts'
import type { Document } from '../../document.ts'
import { hashDocument, readDocument } from '../document-reader.ts'
import type { SourceFile } from '../source-finder.ts'
import type { SharedParts } from '../survey/shared-parts.ts'
import { readSource, type SourceItem, type SourceOptions, type SourceProblem } from './source-reader.ts'

/** A file with one document, or an item of a file with several. Plain data. */
export type ReadingJob = (
  | { readonly kind: 'file'; readonly source: SourceFile; readonly shared: SharedParts }
  | { readonly kind: 'item'; readonly item: SourceItem }
) & {
  /** Hash of the stored document from the same file. A document that has it is not parsed. */
  readonly storedHash?: string
}

/** What became of a document, or a problem of its file. */
export type ReadItem =
  | SourceProblem
  | { readonly kind: 'read'; readonly where: string; readonly id: string; readonly document: Document }
  | { readonly kind: 'unchanged'; readonly where: string; readonly id: string }
  | { readonly kind: 'unreadable'; readonly where: string; readonly id: string; readonly problem: string }

/** Reads the documents of jobs, one after the other. */
export async function readJobs(
  jobs: readonly ReadingJob[],
  options: SourceOptions,
  redact: Redact | undefined,
): Promise<readonly (readonly ReadItem[])[]> {
  const read: (readonly ReadItem[])[] = []
  for (const job of jobs) read.push(await readJob(job, options, redact))
  return read
}

async function readJob(job: ReadingJob, options: SourceOptions, redact: Redact | undefined): Promise<readonly ReadItem[]> {
  const items = job.kind === 'file' ? await readSource(job.source, job.shared, options) : [job.item]
  const read: ReadItem[] = []
  for (const item of items) read.push(item.kind === 'document' ? await readItem(item, job.storedHash, redact) : item)
  return read
}

async function readItem(
  { where, document }: Extract<SourceItem, { kind: 'document' }>,
  storedHash: string | undefined,
  redact: Redact | undefined,
): Promise<ReadItem> {
  const { id } = document
  if (storedHash !== undefined && storedHash === hashDocument(document)) return { kind: 'unchanged', where, id }
  try {
    return { kind: 'read', where, id, document: await readDocument(document, redact) }
  } catch (error) {
    return { kind: 'unreadable', where, id, problem: messageOf(error) }
  }
}
