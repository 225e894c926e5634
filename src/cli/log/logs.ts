import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { errnoOf } from '../../errors.ts'
import type { FileStream } from '../../logging/log-streams.ts'
import { findFailures } from '../../logging/reading/failures.ts'
import { toJsonLine, toTextLine } from '../../logging/reading/line-output.ts'
import type { LogLine } from '../../logging/reading/line-scanner.ts'
import { createLogFollower } from '../../logging/reading/log-follower.ts'
import type { LogQuery } from '../../logging/reading/log-query.ts'
import { type ReadOptions, readLog } from '../../logging/reading/log-reader.ts'
import { createLogStatistics } from '../../logging/reading/log-statistics.ts'
import type { LevelName } from '../../logging/record/levels.ts'
import { createFingerprints } from '../../watch/analysis/errors/fingerprints.ts'
import { describeFailures, describeStatistics } from './log-reports.ts'

/** Options of the command line. */
export interface LogsOptions {
  readonly follow?: boolean
  readonly level?: LevelName
  readonly module?: string
  readonly session?: string
  readonly turn?: string
  readonly trace?: string
  readonly user?: string
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly until?: number
  readonly grep?: RegExp
  readonly stream?: FileStream
  readonly limit?: number
  readonly json?: boolean
  readonly stats?: boolean
  readonly gapMinutes?: number
  readonly errors?: boolean
  readonly failOnErrors?: boolean
}

/** Dependencies of the command. */
export interface LogsDeps {
  /** Directory of the log. */
  readonly dir: string
  readonly stdout: NodeJS.WriteStream
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
  /** Returns the names that a user or a session has in the log, for an id or pseudonym. */
  readonly namesOf: (kind: 'user' | 'session', id: string) => readonly string[]
  /** Resolves when to check for new lines; to false to stop. */
  readonly wait: () => Promise<boolean>
}

const DEFAULT_GAP_MINUTES = 10
/** Existing lines that --follow prints first. */
const DEFAULT_HISTORY = 10

/**
 * Runs `pellucid logs`. Resolves to the exit code: 1 if there is no log, a file cannot be read, or,
 * with --fail-on-errors, there are failures.
 */
export async function runLogs(options: LogsOptions, deps: LogsDeps): Promise<number> {
  const { dir, stdout, stderr } = deps
  if (!existsSync(dir)) {
    stderr.write(`${resolve(dir)}: no such directory. Run the command in the folder of the server, or set LOG_DIR.\n`)
    return 1
  }
  let exitCode = 0
  const reading: ReadOptions = {
    stream: options.stream,
    numbered: options.stats,
    onProblem: (path, problem) => {
      stderr.write(`${path}: ${problem}\n`)
      exitCode = 1
    },
  }
  const query = toQuery(options, deps)
  const output = createOutput(stdout)
  const colour = stdout.isTTY === true && stdout.hasColors()
  const toLine = options.json ? toJsonLine : (line: LogLine) => toTextLine(line, colour)
  const print = (lines: readonly LogLine[]) => output.write(lines.map(line => `${toLine(line)}\n`).join(''))

  if (options.stats) {
    const statistics = createLogStatistics((options.gapMinutes ?? DEFAULT_GAP_MINUTES) * 60_000)
    for await (const lines of readLog(dir, query, reading)) lines.forEach(statistics.add)
    await output.write(describeStatistics(statistics.result(), options.json === true))
  } else if (options.errors || options.failOnErrors) {
    const kinds = createFingerprints()
    const failures = await findFailures(dir, query, reading, record => kinds.assign(record).id)
    await output.write(describeFailures(failures, { json: options.json === true, colour, limit: options.limit }))
    if (options.failOnErrors && failures.groups.length > 0) exitCode = 1
  } else {
    const follower = options.follow ? createLogFollower(dir, options.stream ?? 'chatbot', query, deps.wait) : undefined
    const limit = options.limit ?? (follower && options.since === undefined ? DEFAULT_HISTORY : undefined)
    for await (const lines of last(limit, readLog(dir, query, { ...reading, end: follower?.start })))
      if (!(await print(lines))) return exitCode
    if (follower) for await (const lines of follower.lines()) if (!(await print(lines))) return exitCode
  }
  return exitCode
}

function toQuery(
  { level, module, session, turn, trace, user, since, until, grep }: LogsOptions,
  { namesOf }: LogsDeps,
): LogQuery {
  return {
    level,
    since,
    until,
    pattern: grep,
    fields: {
      module: module === undefined ? undefined : [module],
      session_id: session === undefined ? undefined : namesOf('session', session),
      turn_id: turn === undefined ? undefined : [turn],
      trace_id: trace === undefined ? undefined : [trace],
      user_id: user === undefined ? undefined : namesOf('user', user),
    },
  }
}

/** Yields the last lines, or all lines if there is no limit. */
async function* last(limit: number | undefined, batches: AsyncIterable<readonly LogLine[]>): AsyncGenerator<readonly LogLine[]> {
  if (limit === undefined) return yield* batches
  let kept: LogLine[] = []
  for await (const lines of batches) {
    for (const line of lines) kept.push(line)
    // Batches may be single lines, so the array is cut only at twice the limit.
    if (kept.length > 2 * limit) kept = kept.slice(-limit)
  }
  yield kept.slice(-limit)
}

/** Writes with backpressure. Resolves to false when the reader has closed the pipe. */
function createOutput(stdout: NodeJS.WriteStream): { write(text: string): Promise<boolean> } {
  let failure: Error | undefined
  stdout.on('error', error => (failure = error))
  return {
    async write(text) {
      if (failure === undefined && text !== '') await new Promise<unknown>(resolve => stdout.write(text, resolve))
      // EPIPE is normal: a reader such as `head` stops early.
      if (failure !== undefined && errnoOf(failure) !== 'EPIPE') throw failure
      return failure === undefined
    },
  }
}
