import { errnoOf } from '../errors.ts'

/** Commands that change something: they finish also if their output is not read. */
const CHANGING = new Set(['serve', 'ingest', 'remove', 'export', 'prune'])
/** The exit code of a process that SIGPIPE ended: 128 and the number of the signal. */
const EXIT_CODE = 141

/**
 * Ends the process quietly when the reader of its output has closed the pipe, as `head` does.
 * @param getCommand Returns the name of the current command.
 */
export function endOnClosedPipe(getCommand: () => string): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', error => {
      if (errnoOf(error) !== 'EPIPE') throw error
      if (!CHANGING.has(getCommand())) process.exit(EXIT_CODE)
    })
}
