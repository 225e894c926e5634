import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import build, { type RollingStream } from 'pino-roll'
import { errnoOf, messageOf } from '../../errors.ts'
import type { FileStream } from '../log-streams.ts'
import { makeLogDirectory, pointLink } from './log-directory.ts'

/** The files of one stream. If they cannot be written, it reports why and retries. */
export interface FileSink {
  /** Takes whole lines and their count. The bytes must not change afterwards. */
  write(bytes: Uint8Array, lines: number): void
  /**
   * Writes what waits and closes the file. Resolves after `closeTimeoutMs` at the latest; never
   * rejects.
   */
  end(): Promise<void>
  /** Why lines cannot be written; undefined while they can. */
  readonly failure: string | undefined
}

export interface FileSinkOptions {
  readonly dir: string
  readonly stream: FileStream
  /** Size at which a new file begins. A burst of lines may exceed it by some MiB. */
  readonly maxFileBytes: number
  /** Name of the link in `dir` to the current file. */
  readonly link?: string
  /** Receives the number of lines written and dropped. */
  readonly count: (fate: 'written' | 'dropped', lines: number) => void
  /** Called when `failure` changes. */
  readonly onChange: () => void
  /** Time limit of `end`. */
  readonly closeTimeoutMs: number
}

interface Piece {
  readonly bytes: Uint8Array
  readonly lines: number
}

const CHECK_INTERVAL_MS = 1000
/** Limit of what waits for a failing disk, per stream; above it, lines are dropped and counted. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024
/**
 * The same until the first file is open: as much as may wait for this thread, so a burst at start
 * is kept.
 */
const MAX_OPENING_BYTES = 20 * 1024 * 1024
const NOTHING = Buffer.alloc(0)

/**
 * Writes lines to `dir/STREAM/STREAM.DAY.N.log`. A new file begins at midnight in the time zone of
 * the process, and when the current one is full. Directories get mode 0700. A failure never throws:
 * writing is retried every second, and the lines that waited are written then.
 *
 * Writes are synchronous: a slow disk blocks this thread only, not the thread pool that the process
 * shares.
 */
export function createFileSink(options: FileSinkOptions): FileSink {
  const { dir, stream: name, maxFileBytes, link, count, onChange, closeTimeoutMs } = options
  const folder = join(dir, name)
  let stream: RollingStream | undefined
  let opening: Promise<void> | undefined
  let hasOpened = false
  /** Whether the last write failed. */
  let isRefused = false
  let failure: string | undefined
  let waiting: Piece[] = []
  let waitingBytes = 0
  /** Lines that the stream buffers because its file does not take them. */
  let heldLines = 0
  const timer = setInterval(check, CHECK_INTERVAL_MS)
  check()

  function check(): void {
    if (stream !== undefined && isGone(stream)) discard()
    if (stream === undefined)
      opening ??= Promise.resolve()
        .then(open)
        .finally(() => (opening = undefined))
    else if (failure !== undefined) resume(stream)
    // The link may have been removed.
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
      opened.on('error', error => {
        isRefused = true
        if (opened === stream) fail(error)
      })
      stream = opened
      hasOpened = true
      if (endsInPartialLine(opened.file)) opened.write(Buffer.from('\n'))
      resume(opened)
    } catch (error) {
      fail(error)
    }
  }

  /** Retries what the stream buffers, then writes what waits. */
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

  /** Writes a piece after what the stream buffers; false if the file does not take it. */
  function send(stream: RollingStream, { bytes, lines }: Piece): boolean {
    isRefused = false
    stream.write(bytes)
    if (isRefused) heldLines += lines
    else count('written', lines)
    return !isRefused
  }

  function keep(piece: Piece): void {
    const limit = hasOpened || failure !== undefined ? MAX_BACKLOG_BYTES : MAX_OPENING_BYTES
    if (waitingBytes + piece.bytes.length > limit) count('dropped', piece.lines)
    else {
      waiting.push(piece)
      waitingBytes += piece.bytes.length
    }
  }

  function fail(error: unknown): void {
    const isNew = failure === undefined
    failure = messageOf(error)
    // The next file could not be opened. The stream must not retry that itself: it would close its
    // old descriptor at each attempt, and by then the number may belong to another file.
    if ((error as NodeJS.ErrnoException).syscall === 'open') discard()
    if (isNew) onChange()
  }

  function discard(): void {
    stream?.destroy()
    stream = undefined
    count('dropped', heldLines)
    heldLines = 0
  }

  return {
    get failure() {
      return failure
    },
    write(bytes, lines) {
      // Lines written to a deleted file would be lost and counted as written.
      if (stream !== undefined && fstatSync(stream.fd).nlink === 0) check()
      if (stream === undefined || failure !== undefined) keep({ bytes, lines })
      else send(stream, { bytes, lines })
    },
    async end() {
      clearInterval(timer)
      const ending = async () => {
        await opening
        if (stream !== undefined && failure !== undefined) resume(stream)
        for (const { lines } of waiting) count('dropped', lines)
        waiting = []
        if (stream === undefined || failure !== undefined) return discard()
        const closed = once(stream, 'close')
        stream.end()
        await closed
      }
      // A failure here has been reported before, or can no longer be reported.
      await Promise.race([ending().catch(fail), new Promise(resolve => setTimeout(resolve, closeTimeoutMs).unref())])
    },
  }
}

/** Whether the file was deleted or moved while its stream is open. */
function isGone(stream: RollingStream): boolean {
  try {
    return statSync(stream.file).ino !== fstatSync(stream.fd).ino
  } catch (error) {
    // EACCES: the path cannot be checked, but the open file still takes lines. Any other error: the
    // file is gone.
    return errnoOf(error) !== 'EACCES'
  }
}

/** Whether a file ends with a partial line, after a kill or a full disk. */
function endsInPartialLine(file: string): boolean {
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
