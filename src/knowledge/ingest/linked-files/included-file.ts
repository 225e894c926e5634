import { realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isWithin, readRegularFile } from '../regular-file.ts'

/** Larger files are data, not examples. */
const MAX_BYTES = 200_000

/** Where included files may be. */
export interface IncludeFolders {
  /** The file that includes others. */
  readonly file: string
  /** Files outside of these folders are not read. */
  readonly roots: readonly string[]
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
 * one of the folders. Resolves to undefined if it cannot be included.
 */
export async function readIncluded(
  path: string,
  { file, roots, page = file }: IncludeFolders,
): Promise<IncludedFile | undefined> {
  const relative = path.replace(/^\/+/, '')
  const allowed = await Promise.all(roots.map(root => realpath(root)))
  for (const folder of new Set([dirname(file), dirname(page), ...roots])) {
    try {
      const found = await realpath(resolve(folder, relative))
      const root = allowed.find(folder => isWithin(folder, found))
      if (root === undefined) continue
      const text = readRegularFile(found, root, MAX_BYTES).toString()
      return text.includes('\0') ? undefined : { file: found, text: text.trimEnd() }
    } catch {
      // The file is not in this folder.
    }
  }
  return undefined
}
