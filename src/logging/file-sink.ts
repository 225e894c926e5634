import { once } from 'node:events'
import { existsSync, fstatSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import build, { type RollingStream } from 'pino-roll'
import { countLines } from './terminal.ts'

/** A stream of log files. It may lose its disk, its directory or its rights: it tries again, and tells how it fares. */
export interface FileSink {
  /** Takes whole lines. */
  write(lines: string): void
  /** Resolves when all is on the disk and the file is closed, or after `END_TIMEOUT_MS`; never rejects. */
  end(): Promise<void>
  readonly lostLines: number
  /** Why lines cannot be written at present; undefined while all is well. */
  readonly failure: string | undefined
}

const STREAM = 'chatbot'
const CHECK_INTERVAL_MS = 1000
const END_TIMEOUT_MS = 2000
/** What waits for a disk that does not take it; beyond this, lines are lost and counted. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024

/**
 * Writes lines to `dir/chatbot/chatbot.N.log`, with `dir/current.log` a link to the file being written. Directories are made for their owner
 * alone. A failure never throws: it is looked at again once a second, and what waited meanwhile is written.
 *
 * @param onChange Called when the file is open, when lines begin to fail, and when they flow again.
 */
export function createFileSink(dir: string, onChange: () => void): FileSink {
  let stream: RollingStream | undefined
  let opening: Promise<void> | undefined
  /** Lines that came before the file was open. */
  let early: string[] = []
  let earlyBytes = 0
  let lostLines = 0
  let failure: string | undefined
  const timer = setInterval(tend, CHECK_INTERVAL_MS)
  tend()

  function tend(): void {
    try {
      if (stream === undefined) {
        opening ??= open()
          .catch(fail)
          .finally(() => (opening = undefined))
      } else if (isGone(stream)) {
        makeDirectory(join(dir, STREAM))
        stream.reopen()
      } else if (failure !== undefined) {
        // An empty write makes the stream try again what it still holds.
        stream.write('')
      }
    } catch (error) {
      fail(error)
    }
  }

  async function open(): Promise<void> {
    makeDirectory(join(dir, STREAM))
    const opened = await build({ file: join(dir, STREAM, STREAM), extension: '.log', mode: 0o600, maxLength: MAX_BACKLOG_BYTES })
    opened.on('ready', () => linkCurrent(dir, opened.file))
    await once(opened, 'ready')
    opened.on('write', recover).on('drop', lose).on('error', fail)
    stream = opened
    failure = undefined
    onChange()
    for (const lines of early) opened.write(lines)
    early = []
    earlyBytes = 0
  }

  function lose(lines: string): void {
    lostLines += countLines(lines)
  }

  function fail(error: unknown): void {
    const isNew = failure === undefined
    failure = error instanceof Error ? error.message : String(error)
    if (isNew) onChange()
  }

  function recover(): void {
    if (failure === undefined) return
    failure = undefined
    onChange()
  }

  return {
    get lostLines() {
      return lostLines
    },
    get failure() {
      return failure
    },
    write(lines) {
      if (stream !== undefined) return void stream.write(lines)
      if (earlyBytes + lines.length > MAX_BACKLOG_BYTES) return lose(lines)
      early.push(lines)
      earlyBytes += lines.length
    },
    async end() {
      clearInterval(timer)
      const ending = async () => {
        await opening
        early.forEach(lose)
        const closed = stream && once(stream, 'close')
        stream?.end()
        await closed
      }
      // A disk that still fails ends the wait with its error, which has been told already.
      await Promise.race([ending().catch(fail), new Promise(resolve => setTimeout(resolve, END_TIMEOUT_MS))])
    },
  }
}

/** Node's own recursive form never returns where the system answers ENOENT for good, as below `/proc`. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Points `current.log` at a file, without a moment in which there is no such link. */
function linkCurrent(dir: string, file: string): void {
  const link = join(dir, 'current.log')
  try {
    rmSync(`${link}.new`, { force: true })
    symlinkSync(join(STREAM, basename(file)), `${link}.new`)
    renameSync(`${link}.new`, link)
  } catch {
    // A directory that takes files below it but no link: the lines themselves are in place, and they matter more.
  }
}

/** Whether the file was deleted or moved away from under its stream. */
function isGone(stream: RollingStream): boolean {
  return statSync(stream.file, { throwIfNoEntry: false })?.ino !== fstatSync(stream.fd).ino
}
