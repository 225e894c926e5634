import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { errnoOf } from '../../errors.ts'
import type { FileStream } from '../log-streams.ts'
import { type LogFile, listLogFiles } from './file-list.ts'
import { createLineScanner, type LogLine } from './line-scanner.ts'
import { compileQuery, type LogQuery } from './log-query.ts'

/** Follows a stream from where it ended when the follower was made. */
export interface LogFollower {
  /** The file that was the newest then, and how many bytes of whole lines it held; undefined where there was none. */
  readonly start: { readonly path: string; readonly bytes: number } | undefined
  /** The lines that come, until `wait` says false. */
  lines(): AsyncGenerator<readonly LogLine[], void, undefined>
}

/** A file as it is open, whatever happens to its name. */
interface OpenFile {
  readonly file: LogFile
  readonly descriptor: number
  readonly scan: (block: Buffer) => readonly LogLine[]
  position: number
}

const BLOCK_BYTES = 256 * 1024
const NEWLINE = 10

/**
 * Makes a follower. It stays with its file until that has a successor, and then goes on with this one from its first byte; a file that was cut short
 * is read anew. Memory: 256 KiB, for ever. Of a line longer than that, the pieces come as lines.
 *
 * @param wait Resolves when it is time to look again, to whether to go on.
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

  /** The next block of whole lines; at the end of a file that nobody writes any more, what is left. */
  function read(from: OpenFile, isLast: boolean): Buffer | undefined {
    if (fstatSync(from.descriptor).size < from.position) from.position = 0
    const block = buffer.subarray(0, readSync(from.descriptor, buffer, 0, buffer.length, from.position))
    const end = block.lastIndexOf(NEWLINE) + 1 || (isLast || block.length === buffer.length ? block.length : 0)
    from.position += end
    return end === 0 ? undefined : block.subarray(0, end)
  }

  /** The file to go on with, if there is one: the next by name; in the place of one that is gone, also one written since under an earlier name. */
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
        // Whether there is a successor is asked before the last look at the old one, so that nothing written in between is missed.
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

/** How many bytes of a file are whole lines. */
function endOfLines(descriptor: number, buffer: Buffer): number {
  for (let end = fstatSync(descriptor).size; end > 0; end -= buffer.length) {
    const from = Math.max(0, end - buffer.length)
    const newline = buffer.subarray(0, readSync(descriptor, buffer, 0, end - from, from)).lastIndexOf(NEWLINE)
    if (newline >= 0) return from + newline + 1
  }
  return 0
}
