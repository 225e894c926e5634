import { glob, stat } from 'node:fs/promises'
import { basename, join, matchesGlob, relative, resolve } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { formatOf } from '../formats/source-format.ts'

/** A file to be read. */
export interface SourceFile {
  /** Absolute path. */
  readonly file: string
  /** Id of its document, where it holds one. */
  readonly id: string
}

/** What a path stands for: a file, a folder or a pattern. */
export interface SourcePath {
  /** The path as it was given. */
  readonly path: string
  /** In the order of their names. */
  readonly files: readonly SourceFile[]
  /** Absolute path at or below which everything lies that the path could ever stand for. */
  readonly base: string
  /** Whether the path stands for a file at or below its base, be it there or gone. */
  covers(file: string): boolean
}

const WILDCARD = /[*?[\]{}]|[!@+]\(/

/**
 * Finds the files that a path stands for. Of folders and patterns these are the files of a known format, without hidden ones and `node_modules`; links
 * to files are followed, links to folders below them are not, so there are no loops. A document's id is its path from the folder, the folder's
 * name included; for a pattern, from the last folder before the first wildcard.
 */
export async function findSources(path: string, cwd: string): Promise<SourcePath> {
  const base = resolve(cwd, path)
  // What is not there may be a pattern, or may have been there once.
  const found = await stat(base).catch(() => undefined)
  if (found?.isDirectory()) return { path, files: await filesBelow(base, '**'), base, covers: () => true }
  if (found !== undefined) return { path, files: [{ file: base, id: basename(base) }], base, covers: file => file === base }
  if (!WILDCARD.test(path)) return { path, files: [], base, covers: () => true }

  const parts = base.split('/')
  const wildcard = parts.findIndex(part => WILDCARD.test(part))
  const folder = `/${join(...parts.slice(0, wildcard))}`
  const pattern = parts.slice(wildcard).join('/')
  return {
    path,
    files: await filesBelow(folder, pattern),
    base: folder,
    covers: file => matchesGlob(relative(folder, file), pattern),
  }
}

/** Whether there is a file at a path, as far as can be seen. */
export async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    error => !['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? ''),
  )
}

async function filesBelow(folder: string, pattern: string): Promise<SourceFile[]> {
  const files: string[] = []
  for await (const entry of glob(pattern, { cwd: folder, withFileTypes: true, exclude: ({ name }) => name === 'node_modules' })) {
    if (!entry.isDirectory() && formatOf(entry.name) !== undefined) files.push(join(entry.parentPath, entry.name))
  }
  return files.sort().map(file => ({ file, id: join(basename(folder), relative(folder, file)) }))
}
