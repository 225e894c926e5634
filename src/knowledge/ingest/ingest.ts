import { join, relative, resolve } from 'node:path'
import type { Redact } from '../../reply-text.ts'
import type { DocumentStore } from '../document.ts'
import { createDocumentBatcher } from './document-batcher.ts'
import { createFileReader, type FileReader } from './file-reader.ts'
import { readCrossReferences } from './linked-files/cross-references.ts'
import { pruneSource, withdrawDrafts } from './pruning.ts'
import { findSharedParts } from './shared-parts.ts'
import { findSources, type SourcePath } from './source-finder.ts'
import { readSource } from './source-reader.ts'

/** Dependencies and options of `ingest`. */
export interface IngestOptions {
  readonly store: Pick<DocumentStore, 'put' | 'remove' | 'findMany' | 'fromFilesBelow'>
  /** Whether to remove documents that came from these paths earlier and no longer exist there. */
  readonly prune: boolean
  /** A clock in milliseconds since 1970. */
  readonly now: () => number
  /** The folder that relative paths refer to. */
  readonly cwd: string
  /** Web address of the folders given; documents are then located by their web addresses. */
  readonly baseUrl?: string
  readonly onProgress?: (progress: IngestProgress) => void
  /** What it recognizes is not cut when documents are cut into passages. */
  readonly redact?: Redact
  /** URL of the module whose `createRedactor` makes the same redaction in a thread. */
  readonly redactorModule?: URL
}

export interface IngestProgress {
  readonly filesDone: number
  readonly filesTotal: number
  /** Documents found so far, changed or not. */
  readonly documents: number
}

/**
 * A problem. `where` is a path, relative to the working folder if inside it, with `:line` for JSON
 * Lines.
 */
export interface IngestFailure {
  readonly where: string
  readonly problem: string
}

/**
 * Files that were not read on purpose: an extension, a path, or `folder/_*`. The documents of an
 * earlier version of a withdrawn file were removed. `include` counts the files that a page includes
 * and that cannot be read; `what` is the page and the first of them. An `unfilled` page consists of
 * such files. `special` is a pipe, socket or device; `link` a link to a folder; `hidden` a hidden
 * folder.
 */
export interface IngestSkip {
  readonly what: string
  readonly reason: 'unknown_format' | 'draft' | 'withdrawn' | 'part' | 'include' | 'unfilled' | 'special' | 'link' | 'hidden'
  readonly files: number
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

/** Longer paths in documents are cut in the report. */
const MAX_PATH_CHARS = 200

/**
 * Stores the documents of files, folders and patterns. Unchanged documents are skipped. Unreadable
 * ones are reported, and their earlier versions are kept; those of drafts are removed. An id that
 * another file's document has is reported, and nothing is overwritten. A path that matches nothing
 * is reported, unless pruning removed documents from there. Keeps one batch of texts in memory.
 * Throws only errors of the store.
 */
export async function ingest(paths: readonly string[], options: IngestOptions): Promise<IngestReport> {
  const reader = createFileReader(options)
  try {
    return await ingestWith(reader.read, paths, options)
  } finally {
    await reader.close()
  }
}

async function ingestWith(read: FileReader['read'], paths: readonly string[], options: IngestOptions): Promise<IngestReport> {
  const { store, prune, now, cwd, onProgress } = options
  const startedAt = now()
  const failed: IngestFailure[] = []
  const fail = (where: string, problem: string) => {
    failed.push({ where, problem })
  }
  const batcher = createDocumentBatcher(store, now, read, (where, problem) => fail(fromFolder(cwd, where), problem))

  const sources: SourcePath[] = []
  for (const path of new Set(paths)) sources.push(await findSources(path, cwd))
  // A file that several paths match is read once, with the id of the first path.
  const files = [
    ...new Map(sources.flatMap(source => source.files.map(file => [file.file, file] as const)).reverse()).values(),
  ].reverse()

  const drafts = new Set<string>()
  const incomplete: IngestSkip[] = []
  const reading = {
    roots: [resolve(cwd)],
    references: await readCrossReferences(files),
    shared: await findSharedParts(files),
    baseUrl: options.baseUrl,
  }
  // Documents of earlier runs from parts of pages can be pruned.
  const wholeFiles = new Map<string, boolean>(sources.flatMap(({ parts }) => parts.map(file => [file, true] as const)))
  for (const [filesDone, file] of files.entries()) {
    onProgress?.({ filesDone, filesTotal: files.length, documents: batcher.ids.size })
    let isWhole = true
    for await (const item of readSource(file, reading)) {
      if (item.kind === 'broken') fail(fromFolder(cwd, item.where), item.problem)
      else if (item.kind === 'draft') drafts.add(item.where)
      else if (item.kind === 'unfilled') incomplete.push({ what: fromFolder(cwd, item.where), reason: 'unfilled', files: 1 })
      else if (item.kind === 'incomplete') incomplete.push(missingIn(item, cwd))
      else await batcher.add(item)
      isWhole &&= item.kind !== 'broken'
    }
    wholeFiles.set(file.file, isWhole)
  }
  await batcher.flush()

  let removed = 0
  const withdrawn = new Set<string>()
  for (const source of sources) {
    const earlier = await withdrawDrafts(drafts, source, store)
    removed += earlier.removed
    for (const file of earlier.files) withdrawn.add(file)
    const removedHere = prune ? await pruneSource(source, { store, ids: batcher.ids, wholeFiles }) : 0
    if (source.files.length === 0 && removedHere === 0)
      fail(source.path, 'No such file or folder, or no file of a known format in it')
    removed += removedHere
  }
  onProgress?.({ filesDone: files.length, filesTotal: files.length, documents: batcher.ids.size })

  return {
    ...batcher.counts(),
    removed,
    failed,
    skipped: [
      ...unknownAmong(sources),
      ...othersAmong(sources, cwd),
      ...partsAmong(sources, cwd),
      ...hiddenAmong(sources, cwd),
      ...draftsAmong(drafts, withdrawn, cwd),
      ...incomplete,
    ],
    tookMs: now() - startedAt,
  }
}

function unknownAmong(sources: readonly SourcePath[]): IngestSkip[] {
  const counts = new Map<string, number>()
  for (const { unknown } of sources)
    for (const [extension, files] of unknown) counts.set(extension, (counts.get(extension) ?? 0) + files)
  return Array.from(counts, ([what, files]) => ({ what, reason: 'unknown_format', files }))
}

function othersAmong(sources: readonly SourcePath[], cwd: string): IngestSkip[] {
  const skips = (files: readonly string[], reason: 'special' | 'link') =>
    files.map(file => ({ what: fromFolder(cwd, file), reason, files: 1 }))
  return sources.flatMap(({ special, links }) => [...skips(special, 'special'), ...skips(links, 'link')])
}

function partsAmong(sources: readonly SourcePath[], cwd: string): IngestSkip[] {
  const folderOf = (path: string) => join(path.split(/(?<=^|\/)_/)[0] ?? '', '_*')
  return countByFolder(sources, ({ parts }) => parts, folderOf, cwd).map(count => ({ ...count, reason: 'part' }))
}

function hiddenAmong(sources: readonly SourcePath[], cwd: string): IngestSkip[] {
  const folderOf = (path: string) => /^(?:[^/]+\/)*?\.[^/]+/.exec(path)?.[0] ?? ''
  return countByFolder(sources, ({ hidden }) => hidden, folderOf, cwd).map(count => ({ ...count, reason: 'hidden' }))
}

function countByFolder(
  sources: readonly SourcePath[],
  filesOf: (source: SourcePath) => readonly string[],
  folderOf: (path: string) => string,
  cwd: string,
): Pick<IngestSkip, 'what' | 'files'>[] {
  const counts = new Map<string, number>()
  for (const source of sources)
    for (const file of filesOf(source)) {
      const what = join(fromFolder(cwd, source.base), folderOf(relative(source.base, file)))
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
  return Array.from(counts, ([what, files]) => ({ what, files }))
}

function draftsAmong(drafts: ReadonlySet<string>, withdrawn: ReadonlySet<string>, cwd: string): IngestSkip[] {
  return Array.from(drafts, file => ({
    what: fromFolder(cwd, file),
    reason: withdrawn.has(file) ? 'withdrawn' : 'draft',
    files: 1,
  }))
}

function missingIn({ where, missing }: { readonly where: string; readonly missing: readonly string[] }, cwd: string): IngestSkip {
  return { what: `${fromFolder(cwd, where)}: ${missing[0]!.slice(0, MAX_PATH_CHARS)}`, reason: 'include', files: missing.length }
}

function fromFolder(folder: string, path: string): string {
  const short = relative(resolve(folder), path)
  return short === '' || short.startsWith('..') ? path : short
}
