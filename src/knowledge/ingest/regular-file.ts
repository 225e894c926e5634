import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { unreadable } from '../formats/limits/unreadable.ts'

/** A file that is open for reading. */
interface OpenedFile {
  readonly descriptor: number
  readonly size: number
}

/** Opening a pipe does not wait for a writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Returns whether a path is a folder or below it. Both are without symbolic links. */
export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(join(root, sep))
}

/**
 * Reads a regular file, or a link to one.
 * @param root Real path of the file or folder that links may not leave.
 * @throws {ChatError} DOCUMENT_UNREADABLE if it is larger than the limit, or cannot be opened.
 */
export function readRegularFile(file: string, root: string, limitBytes: number): Buffer {
  const { descriptor, size } = openRegularFile(file, root)
  try {
    if (size > limitBytes) throw unreadable(`Larger than ${limitBytes / 1e6} MB`)
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Opens a regular file, or a link to one. Checks the opened file instead of its path: a file or
 * folder could be replaced by a link after it was found. The caller closes it.
 * @throws {ChatError} DOCUMENT_UNREADABLE for a pipe or device, which might never end, and for a
 *   link out of the root.
 */
export function openRegularFile(file: string, root: string): OpenedFile {
  const descriptor = openSync(file, FLAGS)
  try {
    const opened = fstatSync(descriptor)
    if (!opened.isFile()) throw unreadable('Not a regular file')
    const real = realpathSync(file)
    const { dev, ino } = lstatSync(real)
    if (!isWithin(root, real) || dev !== opened.dev || ino !== opened.ino) throw unreadable('A link out of the folder given')
    return { descriptor, size: opened.size }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}
