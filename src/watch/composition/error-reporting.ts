import { type ErrorSink, startSentry } from '../../../otel/sentry/sentry.ts'
import type { Config } from '../../config.ts'
import type { Log } from '../../logging/log.ts'
import { archiveOfLine } from '../../logging/log-streams.ts'
import type { ErrorReport } from '../error-reports/error-report.ts'
import { createMinuteLimit } from '../error-reports/minute-limit.ts'
import { createRecentLines } from '../error-reports/recent-lines.ts'
import { createErrorReporter } from './error-reporter.ts'

/** Sends the errors of the log to Sentry. */
export interface ErrorReporting {
  /** Takes a line of the log before it is redacted. Never throws. */
  take(line: string): void
  /** Waits at most `timeoutMs` for the errors that are being sent, and logs how many are lost. */
  stop(timeoutMs: number, log: Log): Promise<void>
}

/** Events that Sentry gets in a minute. Further errors are counted. */
const MAX_PER_MINUTE = 60
/** Lines among which those before an error are looked for. */
const RECENT_LINES = 1000
const RECENT_CHARS = 1024 * 1024

type Settings = Pick<Config, 'sentryDsn' | 'sentryEnvironment' | 'nodeEnv' | 'logRedactFields'>

/**
 * Starts sending errors to Sentry; returns undefined without SENTRY_DSN. An event costs about 2 ms
 * of processor time, any other line less than 1 µs.
 *
 * @throws the error ERR_MODULE_NOT_FOUND if `@sentry/node`, or what it needs, is not installed.
 */
export async function startErrorReporting(config: Settings, version: string): Promise<ErrorReporting | undefined> {
  const { sentryDsn: dsn, sentryEnvironment: environment = config.nodeEnv } = config
  if (dsn === undefined) return undefined
  const sink = await startSentry({ dsn, environment, release: `pellucid@${version}` })
  const isAdmitted = createMinuteLimit(MAX_PER_MINUTE, () => performance.now())
  const recent = createRecentLines(RECENT_LINES, RECENT_CHARS)
  const reportOf = createErrorReporter(config.logRedactFields.split(','), recent)

  return {
    take(line) {
      if (archiveOfLine(line) === 'error')
        if (isAdmitted()) sendReport(sink, () => reportOf(line))
        else sink.refuse()
      recent.add(line)
    },
    async stop(timeoutMs, log) {
      const lost = await sink.close(timeoutMs)
      if (lost > 0) log.warn({ function: 'stop', signal: 'errors', dropped: lost }, 'Errors not sent before the stop')
    },
  }
}

/** Sends a report. If it cannot be made, its error is in the log only, and counted as a failure. */
export function sendReport(sink: Pick<ErrorSink, 'send' | 'fail'>, makeReport: () => ErrorReport): void {
  try {
    sink.send(makeReport())
  } catch (error) {
    // Logging must not fail. The message of this error may quote the line, which is not redacted.
    sink.fail(`no report could be made: ${error instanceof Error ? error.name : typeof error}`)
  }
}
