import type { Breadcrumb, ErrorReport, ReportedError } from '../../src/watch/error-reports/error-report.ts'

const LEVELS = { DEBUG: 'debug', INFO: 'info', WARNING: 'warning', ERROR: 'error', CRITICAL: 'fatal' } as const
/** Facts by which errors can be searched. */
const TAGS = ['function', 'code', 'job', 'request_id', 'turn_id', 'session_id', 'key_id'] as const

/** Converts a report to an event of Sentry. `id` has 32 hexadecimal digits. */
export function toSentryEvent(report: ErrorReport, id: string): object {
  const { at, level, module, message, fingerprint, errors, traceId, spanId, userId, route, facts } = report
  const tags = TAGS.flatMap(name => (facts[name] === undefined ? [] : [[name, String(facts[name])]]))
  return {
    event_id: id,
    timestamp: at / 1000,
    level: LEVELS[level],
    logger: module,
    fingerprint: [fingerprint],
    ...(route !== undefined && { transaction: route }),
    ...(errors.length === 0 ? { message } : { exception: { values: errors.toReversed().map(toException) } }),
    ...(userId !== undefined && { user: { id: userId } }),
    tags: { kind: fingerprint, module, ...Object.fromEntries(tags) },
    contexts: {
      ...(traceId !== undefined && spanId !== undefined && { trace: { trace_id: traceId, span_id: spanId } }),
      log: { message, ...facts, ...(report.linesCommand !== undefined && { lines: report.linesCommand }) },
    },
    breadcrumbs: report.breadcrumbs.map(toBreadcrumb),
  }
}

function toException({ type, template, frames }: ReportedError): object {
  return {
    type,
    value: template,
    // Sentry lists the outermost call first.
    stacktrace: {
      frames: frames.toReversed().map(({ function: name = '<anonymous>', file, line, column, isOwn }) => ({
        function: name,
        filename: file,
        lineno: line,
        colno: column,
        in_app: isOwn,
      })),
    },
  }
}

function toBreadcrumb({ at, level, module, message, facts }: Breadcrumb): object {
  return { timestamp: at / 1000, level: LEVELS[level], category: module, message, data: facts }
}
