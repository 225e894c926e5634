import { constants, fstatSync, openSync, write } from 'node:fs'

/** Where lines for people's eyes go. It may be slow, stuck or gone: then lines are left out, and nothing else happens. */
export interface Terminal {
  /** Takes whole lines of JSON. */
  write(lines: string): void
  /** Calls back once all is written, or when the reader has taken nothing for a while. */
  end(done: () => void): void
  /** Whether lines are being left out because nobody reads. */
  readonly stalled: boolean
}

export interface TerminalOptions {
  /** Makes what is shown from a line of JSON. */
  readonly render: (line: string) => string
  /** Told how many lines were left out. */
  readonly hide: (lines: number) => void
  /** Called when lines begin to be left out, and when they are read again. */
  readonly onChange: () => void
}

const MAX_BACKLOG_CHARS = 8 * 1024 * 1024
/** So much is rendered at a time; in between, whoever shares the thread has its turn. */
const SLICE_CHARS = 64 * 1024
const RETRY_MS = 50
const END_STALL_MS = 500
const END_LIMIT_MS = 3000

/** Opens the process's standard output for writes that never wait for the reader; lines are rendered only when there is room for them. */
export function createTerminal({ render, hide, onChange }: TerminalOptions): Terminal {
  const fd = openStandardOutput()
  const backlog: string[] = []
  let backlogChars = 0
  /** How much of the first piece of the backlog has been taken. */
  let taken = 0
  let rest: Uint8Array = new Uint8Array()
  let busy = false
  let gone = false
  let stalled = false
  let onProgress: ((drained: boolean) => void) | undefined

  function pump(): void {
    if (busy) return
    if (rest.length === 0 && !gone) rest = Buffer.from(take().replace(/[^\n]+/g, render))
    if (rest.length === 0 || gone) {
      onProgress?.(true)
      return
    }
    busy = true
    write(fd, rest, (error, written) => {
      busy = false
      if (error === null) {
        rest = rest.subarray(written)
        setStalled(false)
        onProgress?.(false)
      } else if (error.code === 'EAGAIN') {
        setTimeout(pump, RETRY_MS)
        return
      } else {
        // Any other error, EPIPE above all, means that nobody will ever read: the files go on.
        gone = true
      }
      pump()
    })
  }

  function setStalled(next: boolean): void {
    if (stalled === next) return
    stalled = next
    onChange()
  }

  /** The next whole lines of the backlog, about `SLICE_CHARS` of them. */
  function take(): string {
    const piece = backlog[0] ?? ''
    const end = piece.indexOf('\n', taken + SLICE_CHARS) + 1 || piece.length
    const lines = piece.slice(taken, end)
    backlogChars -= lines.length
    taken = end === piece.length ? 0 : end
    if (taken === 0) backlog.shift()
    return lines
  }

  return {
    get stalled() {
      return stalled
    },
    write(lines) {
      if (gone || backlogChars + lines.length > MAX_BACKLOG_CHARS) {
        hide(countLines(lines))
        setStalled(true)
        return
      }
      backlog.push(lines)
      backlogChars += lines.length
      pump()
    },
    end(done) {
      const stall = setTimeout(finish, END_STALL_MS)
      const limit = setTimeout(finish, END_LIMIT_MS)
      onProgress = drained => (drained ? finish() : stall.refresh())
      pump()
      function finish(): void {
        clearTimeout(stall)
        clearTimeout(limit)
        onProgress = undefined
        done()
      }
    },
  }
}

/** How many lines a text of whole lines has. */
export function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/**
 * A pipe or a terminal is opened once more for writes that do not wait: setting that on descriptor 1 itself would change it for every process
 * that shares it, and a write that waits would hold a thread of the pool, and the end of the process, for as long as the reader likes.
 */
function openStandardOutput(): number {
  const stdout = fstatSync(1)
  if (!stdout.isFIFO() && !stdout.isCharacterDevice()) return 1
  try {
    return openSync('/dev/stdout', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // A system without /dev/stdout, or a terminal of another user: descriptor 1 does, only less well.
    return 1
  }
}
