import { type Archive, archiveOfLine, FILE_STREAMS, type FileStream } from '../log-streams.ts'
import { countLines } from './count-lines.ts'
import { createFileSink, type FileSinkOptions } from './file-sink.ts'
import type { LogCounts } from './log-counts.ts'

/** All files of the log except the audit trail's. */
export interface LogFiles {
  /** Takes whole lines of JSON. Each goes to `chatbot` and to the archive of its level. */
  write(lines: string): void
  end(): Promise<void>
  /** The first stream that cannot be written, and why; undefined while all can. */
  readonly failure: string | undefined
}

export interface LogFilesOptions extends Pick<FileSinkOptions, 'dir' | 'maxFileBytes' | 'onChange' | 'closeTimeoutMs'> {
  readonly counts: LogCounts
}

/** Links to the current file of a stream. */
const LINKS: Partial<Record<FileStream, string>> = { chatbot: 'current.log', error: 'error.log' }

/** Opens the streams below `dir`. If one fails, the others continue. */
export function createLogFiles({ counts, ...options }: LogFilesOptions): LogFiles {
  const sinks = new Map(
    FILE_STREAMS.map(stream => [
      stream,
      createFileSink({
        ...options,
        stream,
        link: LINKS[stream],
        count: (fate, lines) => counts.add(fate, stream, lines),
      }),
    ]),
  )
  return {
    get failure() {
      return [...sinks].map(([stream, { failure }]) => failure && `${stream}: ${failure}`).find(failure => failure !== undefined)
    },
    write(lines) {
      const bytes = Buffer.from(lines)
      sinks.get('chatbot')?.write(bytes, countLines(lines))
      for (const [archive, text] of splitByArchive(lines)) {
        // Mostly all lines have the same level.
        const own = text.length === lines.length ? bytes : Buffer.from(text)
        sinks.get(archive)?.write(own, countLines(text))
      }
    },
    async end() {
      await Promise.all([...sinks.values()].map(sink => sink.end()))
    },
  }
}

function splitByArchive(lines: string): Map<Archive, string> {
  const texts = new Map<Archive, string>()
  for (let start = 0, end = 0; start < lines.length; start = end) {
    const archive = archiveOfLine(lines, start)
    // Lines that follow each other are copied together.
    do end = lines.indexOf('\n', end) + 1
    while (end < lines.length && archiveOfLine(lines, end) === archive)
    texts.set(archive, (texts.get(archive) ?? '') + lines.slice(start, end))
  }
  return texts
}
