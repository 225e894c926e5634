import type { Dirent } from 'node:fs'
import { glob, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, matchesGlob, relative, resolve } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { formatOf } from '../formats/source-format.ts'
import { isWithin } from './regular-file.ts'

/** A file to read. */
export interface SourceFile {
  /** Absolute path. */
  readonly file: string
  /** Id of its document, unless the file contains several documents. */
  readonly id: string
  /** Absolute path of the folder that contains everything ingested with it. */
  readonly base: string
  /** Real path of the file or folder given, which links may not leave. */
  readonly root: string
}

/** The files that a path matches: a file, a folder or a pattern. */
export interface SourcePath {
  /** The path as given. */
  readonly path: string
  /** Ordered by name. */
  readonly files: readonly SourceFile[]
  /**
   * Number of files of unknown formats, by extension with the dot. Hidden files are not counted.
   */
  readonly unknown: ReadonlyMap<string, number>
  /** Absolute paths of files that are parts of pages or of a generator, by their names. */
  readonly parts: readonly string[]
  /** Absolute paths of pipes, sockets and devices with the name of a known format. */
  readonly special: readonly string[]
  /** Absolute paths of links to folders. */
  readonly links: readonly string[]
  /** Absolute paths of links out of the folder, with the name of a known format. */
  readonly outside: readonly string[]
  /** Absolute paths of files with the name of a known format in hidden folders. */
  readonly hidden: readonly string[]
  /** Absolute path of the file or folder that contains everything the path could match. */
  readonly base: string
  /** Returns whether the path matches a file at or below its base, existing or not. */
  covers(file: string): boolean
}

/**
 * Files and folders that begin with `_` are not pages for Docusaurus, MkDocs and Sphinx, except the
 * pages of sections in Hugo and the collections of Jekyll.
 */
const PART = /(?:^|\/)_(?!index\.|(?:posts|docs|pages|articles|guides|tutorials|faqs?|help)\/)/

/** What a path matches. */
type Matches = Pick<SourcePath, 'files' | 'unknown' | 'parts' | 'special' | 'links' | 'outside' | 'hidden'>

const NOTHING: Matches = { files: [], unknown: new Map(), parts: [], special: [], links: [], outside: [], hidden: [] }

const HIDDEN = /(?:^|\/)\.[^/]+\//
const UNREAD = new Set(['node_modules', '.git'])

const WILDCARD = /[*?[\]{}]|[!@+]\(/

/**
 * Finds the files that a path matches. Folders and patterns match files of a known format, except
 * hidden files, `node_modules` and parts of pages. Symbolic links to files in the folder are
 * followed; links to folders, which may be loops, and out of the folder are not. A document's id is
 * its path within the folder, including the folder's name; for a pattern, from the last folder
 * before the first wildcard.
 */
export async function findSources(path: string, cwd: string): Promise<SourcePath> {
  const base = resolve(cwd, path)
  // A path that does not exist may be a pattern, or may have existed earlier.
  const found = await stat(base).catch(() => undefined)
  if (found?.isDirectory()) return { path, ...(await filesBelow(base)), base, covers: () => true }
  if (found !== undefined) {
    const file = { file: base, id: basename(base), base: dirname(base), root: await realPathOf(base) }
    return { path, ...NOTHING, files: [file], base, covers: other => other === base }
  }
  if (!WILDCARD.test(path)) return { path, ...NOTHING, base, covers: () => true }

  const parts = base.split('/')
  const wildcard = parts.findIndex(part => WILDCARD.test(part))
  const folder = `/${join(...parts.slice(0, wildcard))}`
  const pattern = parts.slice(wildcard).join('/')
  return {
    path,
    ...(await filesBelow(folder, pattern)),
    base: folder,
    covers: file => matchesGlob(relative(folder, file), pattern),
  }
}

/** Returns whether a file exists. Errors other than a missing file count as existing. */
export async function fileExists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    error => !['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? ''),
  )
}

/** Returns a path without links; unchanged if it cannot be resolved, which reading it reports. */
async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

/** Finds the files in a folder, or those that match a pattern. */
async function filesBelow(folder: string, pattern?: string): Promise<Matches> {
  const root = await realPathOf(folder)
  const files: string[] = []
  const parts: string[] = []
  const special: string[] = []
  const links: string[] = []
  const outside: string[] = []
  const hidden: string[] = []
  const unknown = new Map<string, number>()
  const exclude = ({ name }: Dirent) => UNREAD.has(name)
  for await (const entry of pattern === undefined ? walk(folder) : glob(pattern, { cwd: folder, withFileTypes: true, exclude })) {
    if (entry.isDirectory()) continue
    const file = join(entry.parentPath, entry.name)
    if (pattern === undefined && HIDDEN.test(relative(folder, file))) {
      if (formatOf(entry.name) !== undefined) hidden.push(file)
      continue
    }
    const target = entry.isSymbolicLink() ? await stat(file).catch(() => undefined) : entry
    // A pattern also matches files below links to folders.
    const mayLeave = target !== undefined && (pattern !== undefined || entry.isSymbolicLink())
    if (target?.isDirectory()) links.push(file)
    else if (formatOf(entry.name) !== undefined && target?.isFile() === false) special.push(file)
    else if (formatOf(entry.name) !== undefined && mayLeave && !isWithin(root, await realPathOf(file))) outside.push(file)
    else if (formatOf(entry.name) !== undefined) (PART.test(relative(folder, file)) ? parts : files).push(file)
    else {
      const extension = extname(entry.name).toLowerCase()
      unknown.set(extension, (unknown.get(extension) ?? 0) + 1)
    }
  }
  return {
    files: files.sort().map(file => ({ file, id: join(basename(folder), relative(folder, file)), base: folder, root })),
    unknown,
    parts: parts.sort(),
    special: special.sort(),
    links: links.sort(),
    outside: outside.sort(),
    hidden: hidden.sort(),
  }
}

/**
 * Lists folders, and files that are not hidden, in a folder and below; in a tenth of the time of a
 * pattern. As for a pattern, a folder that cannot be read is empty.
 */
async function* walk(folder: string): AsyncGenerator<Dirent> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory() ? UNREAD.has(entry.name) : entry.name.startsWith('.')) continue
    yield entry
    if (entry.isDirectory()) yield* walk(join(folder, entry.name))
  }
}
