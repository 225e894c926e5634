import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { errnoOf } from '../../errors.ts'
import type { FileStream } from '../log-streams.ts'
import { type LogFile, listLogFiles } from './file-list.ts'
import { createLineScanner, type LogLine } from './line-scanner.ts'
import { compileQuery, type LogQuery } from './log-query.ts'

/** Follows a stream from its end at the time of creation. */
export interface LogFollower {
  /**
   * The newest file at creation and its size in whole lines, in bytes; undefined if there was none.
   */
  readonly start: { readonly path: string; readonly bytes: number } | undefined
  /** Yields new lines until `wait` resolves to false. */
  lines(): AsyncGenerator<readonly LogLine[], void, undefined>
}

/** An open file, which may have been renamed or deleted. */
interface OpenFile {
  readonly file: LogFile
  readonly descriptor: number
  readonly scan: (block: Buffer) => readonly LogLine[]
  position: number
}

const BLOCK_BYTES = 256 * 1024
const NEWLINE = 10

/**
 * Creates a follower. It reads its file until the file has a successor, then the successor from its
 * start. A truncated file is read again from its start. Uses 256 KiB of memory; a longer line is
 * split into several.
 *
 * @param wait Resolves when to check for new lines again; to false to stop.
 */
export function createLogFollower(dir: string, stream: FileStream, query: LogQuery, wait: () => Promise<boolean>): LogFollower {
  const filter = compileQuery(query)
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES)
  const newest = listPlain().at(-1)
  let current = newest && open(newest)
  if (current !== undefined) current.position = endOfLines(current.descriptor, buffer)
  const start = current && { path: current.file.path, bytes: current.position }

  function listPlain(): readonly LogFile[] {
    return listLogFiles(dir, [stream]).filter(({ compressed }) => !compressed)
  }

  function open(file: LogFile): OpenFile | undefined {
    try {
      const scan = createLineScanner(file, filter, { numbered: false, startsAt: Number.NEGATIVE_INFINITY })
      return { file, descriptor: openSync(file.path, 'r'), scan, position: 0 }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Reads the next block of whole lines; of the last file also an incomplete last line. */
  function read(from: OpenFile, isLast: boolean): Buffer | undefined {
    if (fstatSync(from.descriptor).size < from.position) from.position = 0
    const block = buffer.subarray(0, readSync(from.descriptor, buffer, 0, buffer.length, from.position))
    const end = block.lastIndexOf(NEWLINE) + 1 || (isLast || block.length === buffer.length ? block.length : 0)
    from.position += end
    return end === 0 ? undefined : block.subarray(0, end)
  }

  /**
   * Returns the next file: the next by name, or, if the current file is gone, one that was written
   * later.
   */
  function successor({ file, descriptor }: OpenFile): LogFile | undefined {
    const files = listPlain()
    const { ino, mtimeMs } = fstatSync(descriptor)
    const isInPlace = statSync(file.path, { throwIfNoEntry: false })?.ino === ino
    const later = files.find(({ day, number }) => day > file.day || (day === file.day && number > file.number))
    return isInPlace
      ? later
      : (files.find(({ path }) => path === file.path) ?? later ?? files.findLast(({ modifiedAt }) => modifiedAt >= mtimeMs))
  }

  async function* lines() {
    try {
      for (;;) {
        const next = current === undefined ? listPlain()[0] : successor(current)
        // The successor is determined before the last read of the old file, to miss no line written
        // in between.
        for (
          let block = current && read(current, next !== undefined);
          block;
          block = current && read(current, next !== undefined)
        ) {
          if (current !== undefined) yield current.scan(block)
        }
        if (next !== undefined) {
          if (current !== undefined) closeSync(current.descriptor)
          current = open(next)
        } else if (!(await wait())) return
      }
    } finally {
      if (current !== undefined) closeSync(current.descriptor)
    }
  }

  return { start, lines }
}

/** Returns the number of bytes up to the last line break. */
function endOfLines(descriptor: number, buffer: Buffer): number {
  for (let end = fstatSync(descriptor).size; end > 0; end -= buffer.length) {
    const from = Math.max(0, end - buffer.length)
    const newline = buffer.subarray(0, readSync(descriptor, buffer, 0, end - from, from)).lastIndexOf(NEWLINE)
    if (newline >= 0) return from + newline + 1
  }
  return 0
}
