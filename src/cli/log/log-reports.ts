import type { FailureGroup } from '../../logging/reading/failures.ts'
import { toTextLine } from '../../logging/reading/line-output.ts'
import type { LogLine } from '../../logging/reading/line-scanner.ts'
import type { Finding, LogStatistics, Volume } from '../../logging/reading/log-statistics.ts'
import { renderText } from '../../logging/record/text-format.ts'
import { toSafeLine } from '../../logging/redaction/redact-line.ts'

export interface FailuresView {
  readonly json: boolean
  readonly colour: boolean
  /** Number of groups to show; 20 by default. */
  readonly limit?: number
}

const DEFAULT_GROUPS = 20
const MAX_ROWS = 20
const IDS = ['request_id', 'trace_id', 'session_id', 'turn_id', 'user_id'] as const

/** Formats statistics as text, or as one line of JSON. */
export function describeStatistics(statistics: LogStatistics, json: boolean): string {
  const { total, from, to, byLevel, byModule, byMessage, malformed, repeated, gaps } = statistics
  if (json) {
    const object = (volumes: ReadonlyMap<string, Volume>) => Object.fromEntries(volumes)
    const isoGaps = gaps.map(gap => ({ from: iso(gap.from), to: iso(gap.to) }))
    const by = { by_level: object(byLevel), by_module: object(byModule), by_message: object(byMessage) }
    return `${toSafeLine(JSON.stringify({ ...total, from: iso(from), to: iso(to), ...by, malformed, doubled: repeated, gaps: isoGaps }))}\n`
  }
  const span = from === undefined ? '' : `, from ${iso(from)} to ${iso(to)}`
  return [
    `${total.lines} lines, ${total.bytes} bytes${span}`,
    ...volumes('Levels', byLevel),
    ...volumes('Modules', byModule),
    ...volumes('Messages', byMessage),
    ...findings('Malformed lines', malformed),
    ...findings('Repeated lines', repeated),
    '',
    `Gaps: ${gaps.length === 0 ? 'none' : gaps.length}`,
    ...gaps
      .slice(0, MAX_ROWS)
      .map(gap => `  ${iso(gap.from)} – ${iso(gap.to)}  ${Math.round((gap.to - gap.from) / 60_000)} minutes`),
    '',
  ].join('\n')
}

/** Formats failures as text with one paragraph per group, or as one line of JSON per group. */
export function describeFailures(
  { groups, omitted }: { readonly groups: readonly FailureGroup[]; readonly omitted: number },
  { json, colour, limit = DEFAULT_GROUPS }: FailuresView,
): string {
  const shown = groups.slice(0, limit)
  if (json) return shown.map(group => `${toSafeLine(JSON.stringify(toJson(group)))}\n`).join('')
  const total = groups.reduce((sum, { count }) => sum + count, omitted)
  const rest = groups.length > shown.length || omitted > 0 ? ` (${shown.length} groups shown; use --limit to show more)` : ''
  return [
    `${plural(total, 'failure')} in ${plural(groups.length, 'group')}${rest}`,
    ...shown.flatMap(group => paragraph(group, colour)),
    '',
  ].join('\n')
}

function paragraph({ count, users, firstAt, lastAt, example, before }: FailureGroup, colour: boolean): readonly string[] {
  const affected = users.size === 0 ? '' : `, ${plural(users.size, 'user')} affected`
  return [
    '',
    `${count} × from ${iso(firstAt)} to ${iso(lastAt)}${affected}`,
    ...before.map(line => `    ${toTextLine(line, colour)}`),
    `  → ${toTextLine(example, colour)}`,
  ]
}

function toJson({ users, firstAt, lastAt, errorType, example, before, ...group }: FailureGroup) {
  const ids = Object.fromEntries(IDS.map(id => [id, example.record?.[id]]))
  const record = (line: LogLine) => line.record ?? line.text
  return {
    ...group,
    error_type: errorType,
    first: iso(firstAt),
    last: iso(lastAt),
    users: [...users],
    ...ids,
    example: record(example),
    before: before.map(record),
  }
}

function volumes(title: string, byName: ReadonlyMap<string, Volume>): readonly string[] {
  const rows = [...byName].slice(0, MAX_ROWS)
  return [
    '',
    `${title}:`,
    ...rows.map(
      ([name, { lines, bytes }]) => `  ${String(lines).padStart(10)} lines ${String(bytes).padStart(12)} bytes  ${safe(name)}`,
    ),
  ]
}

function findings(title: string, found: readonly Finding[]): readonly string[] {
  const rows = found
    .slice(0, MAX_ROWS)
    .map(({ what, count, where }) => `  ${String(count).padStart(10)}  ${safe(what)}, first at ${safe(where)}`)
  return ['', `${title}: ${found.length === 0 ? 'none' : found.reduce((sum, { count }) => sum + count, 0)}`, ...rows]
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Escapes text from the log for printing. */
function safe(text: string): string {
  return renderText({ msg: text }).replace(/^.*?\] \[\] \[\] /, '')
}

function iso(at: number | undefined): string | undefined {
  return at === undefined || !Number.isFinite(at) ? undefined : new Date(at).toISOString()
}
