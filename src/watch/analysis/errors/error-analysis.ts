import { type AnalysisLine, iso, linesCommand, type Period, textOf } from '../record.ts'
import type { Fingerprint } from './fingerprint.ts'
import { createFingerprints } from './fingerprints.ts'

/** How often a kind occurred, compared with the period of the same length before. */
export type ErrorTrend = 'new' | 'rising' | 'steady' | 'falling' | 'gone'

export interface ErrorKind {
  readonly fingerprint: string
  readonly code: string | undefined
  readonly module: string
  readonly message: string
  readonly error_type: string | undefined
  readonly template: string
  readonly frame: string | undefined
  readonly trend: ErrorTrend
  readonly count: number
  readonly count_before: number
  /** In the whole log that was read, as ISO 8601. */
  readonly first_seen: string
  readonly last_seen: string
  /** The server's version when it was first seen; undefined if the log does not reach back. */
  readonly since_version: string | undefined
  /** Distinct users (pseudonyms) in the period; `users` has the first 20 of at most 1000. */
  readonly user_count: number
  readonly users: readonly string[]
  readonly routes: readonly string[]
  /** Commands that show the lines of the latest and the first example. */
  readonly latest_lines: string | undefined
  readonly first_lines: string | undefined
  /** The command that shows the lines of this kind's message. */
  readonly all_lines: string
  readonly trace_id: string | undefined
}

export interface ErrorAnalysis {
  readonly name: 'errors'
  readonly from: string
  readonly to: string
  /** Whether the log reaches back far enough to compare with the period before. */
  readonly compared: boolean
  readonly total: number
  readonly total_before: number
  /** Errors of kinds beyond the first 1000. */
  readonly omitted: number
  readonly kinds: readonly ErrorKind[]
}

/** What is kept of a line: lines can be long. */
interface Example {
  readonly at: number
  readonly lines: string | undefined
  readonly traceId: string | undefined
}

interface Seen {
  count: number
  before: number
  /** In its latest form, which is the most general one. */
  fingerprint: Fingerprint
  readonly first: Example
  last: Example
  readonly version: string | undefined
  readonly users: Set<string>
  readonly routes: Set<string>
}

const MAX_KINDS = 1000
const MAX_USERS = 1000
const MAX_ROUTES = 20
const SHOWN_USERS = 20
/** Requests whose route is added to the errors that they logged before their own line. */
const MAX_REQUESTS = 1000
/** Standard deviations of a Poisson difference that count as a change: one in 700 by chance. */
const SIGNIFICANT = 3

/** Texts of which every line that this analysis needs contains one. */
export const ERROR_LINES = ['"level":"ERROR"', '"level":"CRITICAL"', '"msg":"Chatbot Initialized"'] as const

/**
 * Creates the analysis of errors. Lines must be added in order of time, and may begin before the
 * period: this shows what is new, and the version where it began. Memory: at most 1000 kinds with
 * 1000 users each, usually below 5 MB.
 */
export function createErrorAnalysis({ from, to }: Period): {
  add(line: AnalysisLine): void
  result(logFrom?: number): ErrorAnalysis
} {
  const fingerprints = createFingerprints()
  const kinds = new Map<string, Seen>()
  const requests = new Map<string, Set<Seen>>()
  const start = from - (to - from)
  let version: string | undefined
  let omitted = 0
  let earliest = Number.POSITIVE_INFINITY

  function add(line: AnalysisLine): void {
    const { record, at } = line
    earliest = Math.min(earliest, at)
    if (record.msg === 'Chatbot Initialized') version = textOf(record, 'version')
    if (at >= to || (record.level !== 'ERROR' && record.level !== 'CRITICAL')) return
    const fingerprint = fingerprints.assign(record)
    const seen = kinds.get(fingerprint.id) ?? open(fingerprint, line)
    if (seen === undefined) {
      if (at >= from) omitted++
      return
    }
    Object.assign(seen, { fingerprint, last: exampleOf(line) })
    if (at >= from) seen.count++
    else if (at >= start) seen.before++
    const user = textOf(record, 'user_id')
    if (at >= from && user !== undefined && seen.users.size < MAX_USERS) seen.users.add(user)
    addRoute(record, seen)
  }

  function open(fingerprint: Fingerprint, line: AnalysisLine): Seen | undefined {
    if (kinds.size >= MAX_KINDS) return undefined
    const [first, users, routes] = [exampleOf(line), new Set<string>(), new Set<string>()]
    const seen = { count: 0, before: 0, fingerprint, first, last: first, version, users, routes }
    kinds.set(fingerprint.id, seen)
    return seen
  }

  function addRoute(record: AnalysisLine['record'], seen: Seen): void {
    const request = textOf(record, 'request_id')
    const open = request === undefined ? undefined : (requests.get(request) ?? new Set())
    open?.add(seen)
    if (request !== undefined && open !== undefined) requests.set(request, open)
    const oldest = requests.size > MAX_REQUESTS ? requests.keys().next().value : undefined
    if (oldest !== undefined) requests.delete(oldest)
    const route = textOf(record, 'route')
    if (route === undefined) return
    for (const { routes } of [seen, ...(open ?? [])].filter(({ routes }) => routes.size < MAX_ROUTES))
      routes.add([textOf(record, 'method'), route].filter(Boolean).join(' '))
  }

  return {
    add,
    result(logFrom = earliest) {
      const compared = logFrom <= start
      const shown = [...kinds.values()].filter(({ count, before }) => count + before > 0).map(seen => describe(seen, from))
      return {
        name: 'errors',
        from: iso(from),
        to: iso(to),
        compared,
        total: shown.reduce((sum, kind) => sum + kind.count, omitted),
        total_before: shown.reduce((sum, kind) => sum + kind.count_before, 0),
        omitted,
        kinds: shown.sort((a, b) => b.count - a.count || b.count_before - a.count_before),
      }
    },
  }
}

function exampleOf({ at, record }: AnalysisLine): Example {
  return { at, lines: linesCommand(record), traceId: textOf(record, 'trace_id') }
}

function describe(seen: Seen, from: number): ErrorKind {
  const { fingerprint, count, before, first, last, version, users, routes } = seen
  const { id, code, module, message, errorType, template, frame } = fingerprint
  return {
    fingerprint: id,
    code,
    module,
    message,
    error_type: errorType,
    template,
    frame,
    trend: trendOf(seen, from),
    count,
    count_before: before,
    first_seen: iso(first.at),
    last_seen: iso(last.at),
    since_version: version,
    user_count: users.size,
    users: [...users].slice(0, SHOWN_USERS),
    routes: [...routes],
    latest_lines: last.lines,
    first_lines: first.lines,
    all_lines: `pellucid logs --level ERROR --module ${module} --since ${iso(first.at)} --until ${iso(last.at)}`,
    trace_id: last.traceId,
  }
}

function trendOf({ count, before, first }: Seen, from: number): ErrorTrend {
  if (count === 0) return 'gone'
  if (first.at >= from) return 'new'
  const change = (count - before) / Math.sqrt(count + before)
  if (Math.abs(change) < SIGNIFICANT) return 'steady'
  return change > 0 ? 'rising' : 'falling'
}
