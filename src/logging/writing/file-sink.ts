import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import build, { type RollingStream } from 'pino-roll'
import { errnoOf, messageOf } from '../../errors.ts'
import type { FileStream } from '../log-streams.ts'
import { makeLogDirectory, pointLink } from './log-directory.ts'

/** The files of one stream. It may lose its disk, its directory or its rights: it tries again, and tells how it fares. */
export interface FileSink {
  /** Takes whole lines, and how many they are. */
  write(text: string, lines: number): void
  /** Resolves when all is on the disk and the file is closed, or after `END_TIMEOUT_MS`; never rejects. */
  end(): Promise<void>
  /** Why lines cannot be written at present; undefined while all is well. */
  readonly failure: string | undefined
}

export interface FileSinkOptions {
  readonly dir: string
  readonly stream: FileStream
  /** From this size on a file is followed by the next; it may end up larger by the lines that came at once, at most some MiB. */
  readonly maxFileBytes: number
  /** Name of the link in `dir` that leads to the file being written. */
  readonly link?: string
  /** Told the fate of every line taken. */
  readonly count: (fate: 'written' | 'lost', lines: number) => void
  /** Called when lines begin to fail, and when they flow again. */
  readonly onChange: () => void
}

interface Piece {
  readonly bytes: Buffer
  readonly lines: number
}

const CHECK_INTERVAL_MS = 1000
const END_TIMEOUT_MS = 2000
/** What waits for a disk that does not take it, in each of five streams; beyond this, lines are lost and counted. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024
const NOTHING = Buffer.alloc(0)

/**
 * Writes lines to `dir/STREAM/STREAM.DAY.N.log`; a new file begins at midnight of the process's time zone, and where one is full. Directories
 * are made for their owner alone. A failure never throws: it is looked at again once a second, and what waited meanwhile is written.
 *
 * Writes are synchronous: a slow disk holds this thread, which nobody waits for, and not the pool of threads that the whole process shares.
 */
export function createFileSink({ dir, stream: name, maxFileBytes, link, count, onChange }: FileSinkOptions): FileSink {
  const folder = join(dir, name)
  let stream: RollingStream | undefined
  let opening: Promise<void> | undefined
  let failure: string | undefined
  let waiting: Piece[] = []
  let waitingBytes = 0
  /** Lines that the stream took and holds because its file does not take them. */
  let heldLines = 0
  const timer = setInterval(tend, CHECK_INTERVAL_MS)
  tend()

  function tend(): void {
    if (stream !== undefined && isElsewhere(stream)) discard()
    if (stream === undefined)
      opening ??= Promise.resolve()
        .then(open)
        .finally(() => (opening = undefined))
    else if (failure !== undefined) resume(stream)
    // Somebody may have removed it.
    else if (link !== undefined) pointLink(dir, link, stream.file)
  }

  async function open(): Promise<void> {
    try {
      makeLogDirectory(folder)
      const opened = await build({
        file: join(folder, name),
        dateFormat: 'yyyy-MM-dd',
        frequency: 'daily',
        size: `${maxFileBytes}b`,
        mode: 0o600,
        sync: true,
        contentMode: 'buffer',
      })
      opened.on('ready', () => link !== undefined && pointLink(dir, link, opened.file))
      opened.on('error', error => opened === stream && fail(error))
      stream = opened
      if (endsTorn(opened.file)) opened.write(Buffer.from('\n'))
      resume(opened)
    } catch (error) {
      fail(error)
    }
  }

  /** Has the stream try again what it holds, then writes what waits. */
  function resume(stream: RollingStream): void {
    if (!send(stream, { bytes: NOTHING, lines: 0 })) return
    count('written', heldLines)
    heldLines = 0
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      waitingBytes -= piece.bytes.length
      if (!send(stream, piece)) return
    }
    if (failure === undefined) return
    failure = undefined
    onChange()
  }

  /** Writes a piece, after what the stream still holds; false if the file does not take it. */
  function send(stream: RollingStream, { bytes, lines }: Piece): boolean {
    let taken = true
    const refuse = () => (taken = false)
    stream.once('error', refuse)
    stream.write(bytes)
    stream.off('error', refuse)
    if (taken) count('written', lines)
    else heldLines += lines
    return taken
  }

  function keep(piece: Piece): void {
    if (waitingBytes + piece.bytes.length > MAX_BACKLOG_BYTES) count('lost', piece.lines)
    else {
      waiting.push(piece)
      waitingBytes += piece.bytes.length
    }
  }

  function fail(error: unknown): void {
    const isNew = failure === undefined
    failure = messageOf(error)
    // The next file could not be opened. The stream must not try that again itself: it would close its old descriptor once for each
    // attempt, and by then the number may be somebody else's.
    if ((error as NodeJS.ErrnoException).syscall === 'open') discard()
    if (isNew) onChange()
  }

  function discard(): void {
    stream?.destroy()
    stream = undefined
    count('lost', heldLines)
    heldLines = 0
  }

  return {
    get failure() {
      return failure
    },
    write(text, lines) {
      // Lines in a file that has been deleted would be lost in silence.
      if (stream !== undefined && fstatSync(stream.fd).nlink === 0) tend()
      const piece = { bytes: Buffer.from(text), lines }
      if (stream === undefined || failure !== undefined) keep(piece)
      else send(stream, piece)
    },
    async end() {
      clearInterval(timer)
      const ending = async () => {
        await opening
        if (stream !== undefined && failure !== undefined) resume(stream)
        for (const { lines } of waiting) count('lost', lines)
        waiting = []
        if (stream === undefined || failure !== undefined) return discard()
        const closed = once(stream, 'close')
        stream.end()
        await closed
      }
      // What fails now has been told already, or nobody is left to tell.
      await Promise.race([ending().catch(fail), new Promise(resolve => setTimeout(resolve, END_TIMEOUT_MS).unref())])
    },
  }
}

/** Whether the file was deleted or moved away from under its stream. */
function isElsewhere(stream: RollingStream): boolean {
  try {
    return statSync(stream.file).ino !== fstatSync(stream.fd).ino
  } catch (error) {
    // Where this process may no longer look, the open file still takes lines; any other error means that it is not there.
    return errnoOf(error) !== 'EACCES'
  }
}

/** Whether a file ends within a line, as it does where a process was killed, or the disk was full, in the middle of one. */
function endsTorn(file: string): boolean {
  const { size } = statSync(file)
  if (size === 0) return false
  const fd = openSync(file, 'r')
  try {
    const last = Buffer.alloc(1)
    readSync(fd, last, 0, 1, size - 1)
    return last.toString() !== '\n'
  } finally {
    closeSync(fd)
  }
}
