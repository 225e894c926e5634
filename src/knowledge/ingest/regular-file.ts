import { statSync } from 'node:fs'
import { unreadable } from '../formats/limits/unreadable.ts'

/**
 * Returns the size of a file in bytes.
 * @throws {ChatError} DOCUMENT_UNREADABLE unless it is a regular file, or a link to one: a pipe or
 * device might never end.
 */
export function sizeOfFile(file: string): number {
  const found = statSync(file)
  if (!found.isFile()) throw unreadable('Not a regular file')
  return found.size
}
