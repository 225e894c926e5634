import { constants, fstatSync, openSync, write } from 'node:fs'

/** Where lines for people's eyes go. It may be slow, stuck or gone: then lines are left out, and nothing else happens. */
export interface Terminal {
  write(text: string): void
  /** Calls back once all is written, or after `END_TIMEOUT_MS` at most. */
  end(done: () => void): void
  /** Lines that were left out because nobody read. */
  readonly hiddenLines: number
}

const MAX_BACKLOG_CHARS = 16 * 1024 * 1024
const RETRY_MS = 50
const END_TIMEOUT_MS = 500

/** Opens the process's standard output for writes that never wait for the reader. */
export function createTerminal(): Terminal {
  const fd = openStandardOutput()
  let backlog: string[] = []
  let backlogChars = 0
  let rest: Uint8Array = new Uint8Array()
  let busy = false
  let gone = false
  let hiddenLines = 0
  let onDrained: (() => void) | undefined

  function pump(): void {
    if (busy) return
    if (rest.length === 0) {
      rest = Buffer.from(backlog.join(''))
      backlog = []
      backlogChars = 0
    }
    if (rest.length === 0 || gone) {
      onDrained?.()
      return
    }
    busy = true
    write(fd, rest, (error, written) => {
      busy = false
      if (error === null) rest = rest.subarray(written)
      else if (error.code === 'EAGAIN') return void setTimeout(pump, RETRY_MS)
      // Any other error, EPIPE above all, means that nobody will ever read: the files go on.
      else gone = true
      pump()
    })
  }

  return {
    get hiddenLines() {
      return hiddenLines
    },
    write(text) {
      if (gone || backlogChars + text.length > MAX_BACKLOG_CHARS) {
        hiddenLines += countLines(text)
        return
      }
      backlog.push(text)
      backlogChars += text.length
      pump()
    },
    end(done) {
      const timer = setTimeout(finish, END_TIMEOUT_MS)
      onDrained = finish
      pump()
      function finish(): void {
        clearTimeout(timer)
        onDrained = undefined
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
