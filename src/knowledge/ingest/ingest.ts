import { resolve } from 'node:path'
import type { DocumentStore, DocumentSummary } from '../document.ts'
import { joinReferences } from './linked-files/cross-references.ts'
import { pruneSource, withdrawDrafts } from './pruning.ts'
import { type DocumentJob, listJobs } from './reading/document-jobs.ts'
import { groupJobs, mapInOrder, measureFiles, planThreads, type SizedFile } from './reading/job-groups.ts'
import type { ReadingJob } from './reading/reading-job.ts'
import { createReadingPool, type ReadingPool } from './reading/reading-pool.ts'
import { createRunResults, type IngestFailure, type RunResults } from './run-results.ts'
import { draftsAmong, type IngestSkip, skippedAmong } from './skips.ts'
import { findSources, type SourceFile, type SourcePath } from './source-finder.ts'
import { findSharedParts, type SurveyedFile } from './survey/shared-parts.ts'

/** Dependencies and options of `ingest`. */
export interface IngestOptions {
  readonly store: Pick<DocumentStore, 'put' | 'remove' | 'findMany' | 'fromFilesBelow'>
  /** Whether to remove documents that came from these paths earlier and no longer exist there. */
  readonly prune: boolean
  /** A clock in milliseconds since 1970. */
  readonly now: () => number
  /** The folder that relative paths refer to. */
  readonly cwd: string
  /** Folders besides those ingested that documents may include files of. Default: none. */
  readonly includeRoots?: readonly string[]
  /** Files and folders that no document may include, such as DATA_DIR. Default: none. */
  readonly privatePaths?: readonly string[]
  /** Web address of the folders given; documents are then located by their web addresses. */
  readonly baseUrl?: string
  readonly onProgress?: (progress: IngestProgress) => void
  /**
   * URL of the module whose `createRedactor` recognizes what is not cut when documents are cut into
   * passages. Without it, every text may be cut.
   */
  readonly redactorModule?: URL
  /** Workers that read files. Default: as `planThreads` returns. */
  readonly threads?: number
}

export interface IngestProgress {
  /** Files are surveyed, and then read. */
  readonly step: 'survey' | 'read'
  readonly filesDone: number
  readonly filesTotal: number
  /** Documents found so far, changed or not. */
  readonly documents: number
}

/** The results of a run. */
export interface IngestReport {
  readonly added: number
  readonly replaced: number
  readonly unchanged: number
  readonly removed: number
  readonly failed: readonly IngestFailure[]
  readonly skipped: readonly IngestSkip[]
  readonly tookMs: number
}

/** The files of a run and what reads them. */
interface Run {
  readonly sources: readonly SourcePath[]
  readonly files: readonly SizedFile[]
  readonly pool: ReadingPool
  /** Groups of files that are read at the same time: workers have the next one waiting. */
  readonly concurrency: number
}

/**
 * Stores the documents of files, folders and patterns. Unchanged documents are skipped, so that a
 * run that was interrupted is continued by the next one. Unreadable ones are reported, and their
 * earlier versions are kept; those of drafts are removed. An id that another file's document has is
 * reported, and nothing is overwritten. A path that matches nothing is reported, unless pruning
 * removed documents from there. Keeps a few MB of text in memory for each worker.
 * Throws only errors of the store.
 */
export async function ingest(paths: readonly string[], options: IngestOptions): Promise<IngestReport> {
  const startedAt = options.now()
  const sources: SourcePath[] = []
  for (const path of new Set(paths)) sources.push(await findSources(path, options.cwd))
  const files = measureFiles(distinctFiles(sources))
  const { threads = planThreads(files), redactorModule } = options
  const pool = createReadingPool({ threads, redactorModule })
  try {
    const report = await ingestFiles({ sources, files, pool, concurrency: Math.max(1, 2 * threads) }, options)
    return { ...report, tookMs: options.now() - startedAt }
  } finally {
    await pool.close()
  }
}

/** A file that several paths match is read once, with the id of the first path. */
function distinctFiles(sources: readonly SourcePath[]): readonly SourceFile[] {
  const files = new Map<string, SourceFile>()
  for (const file of sources.flatMap(source => source.files)) if (!files.has(file.file)) files.set(file.file, file)
  return [...files.values()]
}

async function ingestFiles(run: Run, options: IngestOptions): Promise<Omit<IngestReport, 'tookMs'>> {
  const { sources, files, pool, concurrency } = run
  const { store, now, cwd, includeRoots = [], privatePaths = [], baseUrl, onProgress } = options
  const results = createRunResults(store, now, cwd)
  const report = (step: IngestProgress['step'], filesDone: number) =>
    onProgress?.({ step, filesDone, filesTotal: files.length, documents: results.ids.size })

  const surveyed = await surveyAll(run, filesDone => report('survey', filesDone))
  const sourceOptions = {
    roots: includeRoots.map(folder => resolve(cwd, folder)),
    privatePaths: privatePaths.map(path => resolve(cwd, path)),
    references: joinReferences(surveyed),
    ...(baseUrl !== undefined && { baseUrl }),
  }
  const read = async (group: readonly DocumentJob[]) => {
    const stored = await findStored(group, store)
    const jobs = group.map(job => withHash(job, stored))
    return { group, stored, items: await pool.read(jobs, sourceOptions) }
  }
  const groups = groupJobs(listJobs(files, findSharedParts(surveyed)))
  for await (const { group, stored, items } of mapInOrder(groups, concurrency, read)) {
    report('read', group[0]!.fileIndex)
    for (const [i, { file }] of group.entries()) for (const item of items[i]!) await results.take(item, file, stored)
  }
  await results.flush()
  const { removed, withdrawn } = await removeGone(sources, results, options)
  report('read', files.length)

  const { counts, failed, drafts, incomplete } = results
  const skipped = [...skippedAmong(sources, cwd), ...draftsAmong(drafts, withdrawn, cwd), ...incomplete]
  return { ...counts, removed, failed, skipped }
}

/** Surveys all files, in groups. */
async function surveyAll({ files, pool, concurrency }: Run, onDone: (files: number) => void): Promise<readonly SurveyedFile[]> {
  const surveyed: SurveyedFile[] = []
  let done = 0
  const survey = async (group: readonly SizedFile[]) => {
    const surveys = await pool.survey(group.map(({ source }) => source))
    return group.map(({ source }, i) => [source, surveys[i]] as const)
  }
  for await (const group of mapInOrder(groupJobs(files), concurrency, survey)) {
    onDone(done)
    done += group.length
    for (const [source, found] of group) if (found !== undefined) surveyed.push([source, found])
  }
  return surveyed
}

/** Returns by id the stored documents that a group may replace. */
async function findStored(
  group: readonly DocumentJob[],
  store: IngestOptions['store'],
): Promise<ReadonlyMap<string, DocumentSummary>> {
  const ids = group.flatMap(({ id }) => (id === undefined ? [] : [id]))
  return new Map((await store.findMany(ids)).map(summary => [summary.id, summary]))
}

/** Adds the hash of the document that was stored from the same file. */
function withHash({ job, file, id = '' }: DocumentJob, stored: ReadonlyMap<string, DocumentSummary>): ReadingJob {
  const earlier = stored.get(id)
  return earlier?.owner === 'operator' && earlier.file === file ? { ...job, storedHash: earlier.hash } : job
}

/** Removes the documents of drafts, and with pruning those whose files are gone. */
async function removeGone(sources: readonly SourcePath[], results: RunResults, { store, prune }: IngestOptions) {
  const { ids, drafts, brokenFiles, fail } = results
  const read = sources.flatMap(({ files }) => files.map(({ file }) => file))
  // Documents of earlier runs from parts of pages, or from outside, can be pruned.
  const wholeFiles = new Map(
    [...sources.flatMap(({ parts, outside }) => [...parts, ...outside]), ...read].map(
      file => [file, !brokenFiles.has(file)] as const,
    ),
  )
  let removed = 0
  const withdrawn = new Set<string>()
  for (const source of sources) {
    const earlier = await withdrawDrafts(drafts, source, store)
    for (const file of earlier.files) withdrawn.add(file)
    const pruned = prune ? await pruneSource(source, { store, ids, wholeFiles }) : 0
    if (source.files.length === 0 && pruned === 0) fail(source.path, 'No such file or folder, or no file of a known format in it')
    removed += earlier.removed + pruned
  }
  return { removed, withdrawn }
}
