import { appendFileSync, closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import { openForAppending } from './audit-ownership.ts'

const NEWLINE = 10

/**
 * Appends lines to a file, creates the file if it is missing, and returns its size before and
 * after, in bytes, once they are on disk. A partial write is undone.
 * @throws the system's error.
 */
export function appendDurably(path: string, lines: string): { readonly from: number; readonly to: number } {
  const fd = openForAppending(path)
  try {
    const { size } = fstatSync(fd)
    try {
      appendFileSync(fd, `${endsInsideLine(fd, size) ? '\n' : ''}${lines}\n`)
      fsyncSync(fd)
    } catch (error) {
      ftruncateSync(fd, size)
      throw error
    }
    if (size === 0) syncDirectory(dirname(path))
    return { from: size, to: fstatSync(fd).size }
  } finally {
    closeSync(fd)
  }
}

/** A file cut inside a record keeps the rest of it, on a line of its own, as evidence. */
function endsInsideLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE
}

/** Without this, a power failure could remove a new file's name, and its records with it. */
function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
