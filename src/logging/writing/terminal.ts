import { constants, fstatSync, openSync, write } from 'node:fs'
import { countLines } from './count-lines.ts'

/**
 * Standard output. If it is slow, stuck or closed, lines are dropped and counted; nothing waits for
 * it.
 */
export interface Terminal {
  /** Takes whole lines of JSON. */
  write(lines: string): void
  /**
   * Writes the backlog, for at most `closeTimeoutMs`, or a quarter of it if the reader takes
   * nothing. Calls back when done. Remaining lines stay pending in the counts.
   */
  end(done: () => void): void
  /** Whether lines are being dropped because the reader does not read. */
  readonly stalled: boolean
}

export interface TerminalOptions {
  /** Renders a line of JSON for display, without line breaks. */
  readonly render: (line: string) => string
  /** Receives the number of lines submitted, written and dropped. */
  readonly count: (fate: 'submitted' | 'written' | 'dropped', lines: number) => void
  /** Called when `stalled` changes. */
  readonly onChange: () => void
  /** Time limit of `end`. */
  readonly closeTimeoutMs: number
}

const MAX_BACKLOG_CHARS = 8 * 1024 * 1024
/** Rendered at a time; the thread does other work in between. */
const SLICE_CHARS = 64 * 1024
const RETRY_MS = 50
/** Share of `closeTimeoutMs` after which a reader that takes nothing is given up. */
const STALL_SHARE = 1 / 4

/** Opens standard output for non-blocking writes. Lines are rendered only when they are written. */
export function createTerminal({ render, count, onChange, closeTimeoutMs }: TerminalOptions): Terminal {
  const fd = openStandardOutput()
  const backlog: string[] = []
  let backlogChars = 0
  /** Characters already taken from the first piece of the backlog. */
  let taken = 0
  let rest: Uint8Array = new Uint8Array()
  let busy = false
  let gone = false
  let stalled = false
  let ended = false
  let onProgress: ((drained: boolean) => void) | undefined

  function pump(): void {
    if (busy || ended) return
    if (rest.length === 0 && !gone) rest = Buffer.from(take().replace(/[^\n]+/g, render))
    if (rest.length === 0 || gone) {
      onProgress?.(true)
      return
    }
    busy = true
    write(fd, rest, (error, written) => {
      busy = false
      if (error === null) {
        count('written', countLines(rest.subarray(0, written)))
        rest = rest.subarray(written)
        setStalled(false)
        onProgress?.(false)
      } else if (error.code === 'EAGAIN') {
        setTimeout(pump, RETRY_MS)
        return
      } else abandon()
      pump()
    })
  }

  /** Drops the backlog: an error such as EPIPE means that the reader will not come back. */
  function abandon(): void {
    gone = true
    count('dropped', countLines(rest) + countLines(backlog.join('').slice(taken)))
    backlog.length = 0
    backlogChars = 0
    taken = 0
  }

  function setStalled(next: boolean): void {
    if (stalled === next) return
    stalled = next
    onChange()
  }

  /** Takes whole lines of about `SLICE_CHARS` from the backlog. */
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
      count('submitted', countLines(lines))
      if (gone || backlogChars + lines.length > MAX_BACKLOG_CHARS) {
        count('dropped', countLines(lines))
        setStalled(true)
        return
      }
      backlog.push(lines)
      backlogChars += lines.length
      pump()
    },
    end(done) {
      const stall = setTimeout(finish, closeTimeoutMs * STALL_SHARE)
      const limit = setTimeout(finish, closeTimeoutMs)
      onProgress = drained => (drained ? finish() : stall.refresh())
      pump()
      function finish(): void {
        clearTimeout(stall)
        clearTimeout(limit)
        onProgress = undefined
        ended = true
        done()
      }
    },
  }
}

/**
 * Opens a pipe or terminal again for non-blocking writes. Setting the flag on descriptor 1 would
 * change it for every process that shares it. A blocking write would occupy a thread of the pool,
 * and delay the end of the process, until the reader reads.
 */
function openStandardOutput(): number {
  const stdout = fstatSync(1)
  if (!stdout.isFIFO() && !stdout.isCharacterDevice()) return 1
  try {
    return openSync('/dev/stdout', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // Without /dev/stdout, or on a terminal of another user, descriptor 1 works too, but may block.
    return 1
  }
}
