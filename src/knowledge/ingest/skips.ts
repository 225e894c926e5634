import { join, relative, resolve } from 'node:path'
import type { SourcePath } from './source-finder.ts'

/**
 * Files that were not read on purpose: an extension, a path, or `folder/_*`. The documents of an
 * earlier version of a withdrawn file were removed. `include` counts the files that a page includes
 * and that cannot be read; `what` is the page and the first of them. An `unfilled` page consists of
 * such files. `special` is a pipe, socket or device; `link` a link to a folder; `outside` the first
 * link out of a folder; `hidden` a hidden folder.
 */
export interface IngestSkip {
  readonly what: string
  readonly reason:
    | 'unknown_format'
    | 'draft'
    | 'withdrawn'
    | 'part'
    | 'include'
    | 'unfilled'
    | 'special'
    | 'link'
    | 'outside'
    | 'hidden'
  readonly files: number
}

/** Longer paths in documents are cut in the report. */
const MAX_PATH_CHARS = 200

/** Returns the files of sources that are not read because of their names and kinds. */
export function skippedAmong(sources: readonly SourcePath[], cwd: string): IngestSkip[] {
  return [...unknownAmong(sources), ...othersAmong(sources, cwd), ...partsAmong(sources, cwd), ...hiddenAmong(sources, cwd)]
}

function unknownAmong(sources: readonly SourcePath[]): IngestSkip[] {
  const counts = new Map<string, number>()
  for (const { unknown } of sources)
    for (const [extension, files] of unknown) counts.set(extension, (counts.get(extension) ?? 0) + files)
  return [...counts].sort().map(([what, files]) => ({ what, reason: 'unknown_format', files }))
}

function othersAmong(sources: readonly SourcePath[], cwd: string): IngestSkip[] {
  const skips = (files: readonly string[], reason: 'special' | 'link' | 'outside') =>
    files.map(file => ({ what: fromFolder(cwd, file), reason, files: 1 }))
  return sources.flatMap(({ special, links, outside }) => [
    ...skips(special, 'special'),
    ...skips(links, 'link'),
    ...skips(outside.slice(0, 1), 'outside').map(first => ({ ...first, files: outside.length })),
  ])
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

/** Returns drafts, of which those whose documents were removed are withdrawn. */
export function draftsAmong(drafts: ReadonlySet<string>, withdrawn: ReadonlySet<string>, cwd: string): IngestSkip[] {
  return Array.from(drafts, file => ({
    what: fromFolder(cwd, file),
    reason: withdrawn.has(file) ? 'withdrawn' : 'draft',
    files: 1,
  }))
}

/** Returns the files that a page includes and that cannot be read. */
export function missingIn(
  { where, missing }: { readonly where: string; readonly missing: readonly string[] },
  cwd: string,
): IngestSkip {
  return { what: `${fromFolder(cwd, where)}: ${missing[0]!.slice(0, MAX_PATH_CHARS)}`, reason: 'include', files: missing.length }
}

/** Returns a path relative to a folder if it is inside. */
export function fromFolder(folder: string, path: string): string {
  const short = relative(resolve(folder), path)
  return short === '' || short.startsWith('..') ? path : short
}
