import { realpath } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { isWithin, readRegularFile } from '../regular-file.ts'

/** Larger files are data, not examples. */
const MAX_BYTES = 200_000

/** Names of files with secrets or texts of users. Copies may be in any folder. */
const SECRET = /^machine\.token$|^\.env|\.(?:key|pem|p12|pfx)$|\.sqlite(?:-\w+)?$/i

/** Some sites generate pages into a hidden folder, where the secrets of programs are no pages. */
const PAGE = /\.mdx?$/i

/** Where included files may be. */
export interface IncludeFolders {
  /** The file that includes others. */
  readonly file: string
  /** Files outside of these folders are not read. */
  readonly roots: readonly string[]
  /**
   * Files that are not read, and folders whose files are not, also if they are in one of the roots.
   * Default: none.
   */
  readonly privatePaths?: readonly string[]
  /** The page that includes that file, if it is not the page itself. */
  readonly page?: string
}

/** A file that another includes. */
export interface IncludedFile {
  /** Absolute path without symbolic links. */
  readonly file: string
  readonly text: string
}

/**
 * Reads a file that another includes. Its path is relative to that file, else to the page, else to
 * one of the roots. Resolves to undefined if it cannot be included. The author of a document could
 * publish a file by including it. So private files, hidden files, files in hidden folders below a
 * root except Markdown, and files whose names are those of secrets are not read, also not through
 * symbolic links.
 */
export async function readIncluded(
  path: string,
  { file, roots, privatePaths = [], page = file }: IncludeFolders,
): Promise<IncludedFile | undefined> {
  const written = path.replace(/^\/+/, '')
  const allowed = await Promise.all(roots.map(root => realpath(root)))
  const refused = await Promise.all(privatePaths.map(realPath))
  for (const folder of new Set([dirname(file), dirname(page), ...roots])) {
    try {
      const found = await realpath(resolve(folder, written))
      if (SECRET.test(basename(found)) || refused.some(path => isWithin(path, found))) continue
      if (!allowed.some(root => isWithin(root, found) && !isHidden(root, found))) continue
      // The file itself is the root: it may not have become a link to another.
      const text = readRegularFile(found, found, MAX_BYTES).toString()
      return text.includes('\0') ? undefined : { file: found, text: text.trimEnd() }
    } catch {
      // The file is not in this folder.
    }
  }
  return undefined
}

/** Whether a file, or a folder between it and the root, has a name that begins with a dot. */
function isHidden(root: string, file: string): boolean {
  const names = PAGE.test(file) ? [basename(file)] : relative(root, file).split(sep)
  return names.some(name => name.startsWith('.'))
}

/** What does not exist is no file that is included: its path needs no real form. */
function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}
