import { join } from 'node:path'
import { createLineRedactor } from '../../logging/redaction/redact-line.ts'
import { templateOf } from '../analysis/errors/fingerprint.ts'
import { createFingerprints } from '../analysis/errors/fingerprints.ts'
import { linesCommand } from '../analysis/record.ts'
import { type ErrorReport, makeErrorReport } from '../error-reports/error-report.ts'
import type { RecentLines } from '../error-reports/recent-lines.ts'

/** Earlier lines of the trace that a report has, and those that are read for it. */
const MAX_BREADCRUMBS = 20
const MAX_EARLIER = 60

/**
 * Creates a function that makes the report of a line at ERROR or CRITICAL, which is not redacted
 * yet, and of the recent lines of its trace.
 *
 * @param fields Names of further fields to redact.
 */
export function createErrorReporter(fields: readonly string[], recent: RecentLines): (line: string) => ErrorReport {
  const redactLine = createLineRedactor({ fields })
  const parse = (line: string) => JSON.parse(redactLine(line)) as Readonly<Record<string, unknown>>
  const kinds = createFingerprints()
  const options = {
    fingerprintOf: kinds.assign,
    templateOf,
    linesCommand,
    root: join(import.meta.dirname, '../..'),
    maxBreadcrumbs: MAX_BREADCRUMBS,
  }
  return text => {
    const line = parse(text)
    // Without a trace, lines of the same request.
    const name = ['trace_id', 'request_id'].find(name => typeof line[name] === 'string')
    const earlier = name === undefined ? [] : recent.find(`"${name}":${JSON.stringify(line[name])}`, MAX_EARLIER)
    return makeErrorReport(line, earlier.map(parse), options)
  }
}
