import { relative, resolve } from 'node:path'
import type { Log } from '../../logging/log.ts'
import type { DocumentStore } from '../document.ts'
import { createIntake } from './document-batcher.ts'
import { removeGone } from './pruning.ts'
import { findSources, type SourcePath } from './source-finder.ts'
import { readSource } from './source-reader.ts'

/** What ingesting needs of the world around it. */
export interface IngestOptions {
  readonly store: Pick<DocumentStore, 'put' | 'remove' | 'findMany' | 'fromFilesBelow'>
  /** Whether documents that once came from these paths, and are no longer there, are removed. */
  readonly prune: boolean
  /** The clock: milliseconds since 1970. */
  readonly now: () => number
  /** The folder that relative paths start from. */
  readonly cwd: string
  readonly onProgress?: (progress: IngestProgress) => void
  readonly log?: Log
}

export interface IngestProgress {
  readonly filesDone: number
  readonly filesTotal: number
  /** Documents seen so far, changed or not. */
  readonly documents: number
}

/** What could not be taken, and why. `where` is a path, from the working folder where it lies in there, with `:line` in JSON Lines. */
export interface IngestFailure {
  readonly where: string
  readonly problem: string
}

/** How many documents met which fate. */
export interface IngestReport {
  readonly added: number
  readonly replaced: number
  readonly unchanged: number
  readonly removed: number
  readonly failed: readonly IngestFailure[]
  readonly tookMs: number
}

/**
 * Brings the documents of files, folders and patterns into the store. What has not changed is skipped. What cannot be read is reported, and its earlier
 * version stays. An id that belongs to another file's document is reported, and nothing is overwritten. A path that stands for nothing is
 * reported, unless pruning finds that something was there once. Holds one batch of texts at a time; throws only what the store throws.
 */
export async function ingest(paths: readonly string[], options: IngestOptions): Promise<IngestReport> {
  const { store, prune, now, cwd, onProgress, log } = options
  const startedAt = now()
  const failed: IngestFailure[] = []
  const fail = (where: string, problem: string) => {
    failed.push({ where, problem })
    log?.warn({ where, problem }, 'Skipped what cannot be ingested')
  }
  const intake = createIntake(store, now, (where, problem) => fail(fromFolder(cwd, where), problem))

  const sources: SourcePath[] = []
  for (const path of new Set(paths)) sources.push(await findSources(path, cwd))
  // A file that several paths lead to is read once, under the first one's id.
  const files = [
    ...new Map(sources.flatMap(source => source.files.map(file => [file.file, file] as const)).reverse()).values(),
  ].reverse()

  const wholeFiles = new Map<string, boolean>()
  for (const [filesDone, file] of files.entries()) {
    onProgress?.({ filesDone, filesTotal: files.length, documents: intake.ids.size })
    let isWhole = true
    for await (const item of readSource(file)) {
      if (item.kind === 'broken') fail(fromFolder(cwd, item.where), item.problem)
      else await intake.take(item)
      isWhole &&= item.kind !== 'broken'
    }
    wholeFiles.set(file.file, isWhole)
  }
  await intake.finish()

  let removed = 0
  for (const source of sources) {
    const removedHere = prune ? await removeGone(source, { store, now, ids: intake.ids, wholeFiles }) : 0
    if (source.files.length === 0 && removedHere === 0)
      fail(source.path, 'No such file or folder, or none in it of a format that can be read')
    removed += removedHere
  }
  onProgress?.({ filesDone: files.length, filesTotal: files.length, documents: intake.ids.size })

  const report = { ...intake.counts(), removed, failed, tookMs: now() - startedAt }
  log?.info({ ...report, failed: failed.length }, 'Ingested documents')
  return report
}

function fromFolder(folder: string, path: string): string {
  const short = relative(resolve(folder), path)
  return short === '' || short.startsWith('..') ? path : short
}
