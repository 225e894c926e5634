import type { FailureGroup } from '../logging/reading/failures.ts'
import { toTextLine } from '../logging/reading/line-output.ts'
import type { LogLine } from '../logging/reading/line-scanner.ts'
import type { Finding, LogStatistics, Volume } from '../logging/reading/log-statistics.ts'
import { renderText } from '../logging/record/text-format.ts'
import { toSafeLine } from '../logging/redaction/redact-line.ts'

export interface FailuresView {
  readonly json: boolean
  readonly colour: boolean
  /** Groups shown; 20 by default. */
  readonly limit?: number
}

const DEFAULT_GROUPS = 20
const MAX_ROWS = 20
const IDS = ['request_id', 'trace_id', 'session_id', 'turn_id', 'user_id'] as const

/** The statistics as a page of text, or as one line of JSON. */
export function describeStatistics(statistics: LogStatistics, json: boolean): string {
  const { total, from, to, byLevel, byModule, byMessage, malformed, doubled, gaps } = statistics
  if (json) {
    const object = (volumes: ReadonlyMap<string, Volume>) => Object.fromEntries(volumes)
    const isoGaps = gaps.map(gap => ({ from: iso(gap.from), to: iso(gap.to) }))
    const by = { by_level: object(byLevel), by_module: object(byModule), by_message: object(byMessage) }
    return `${toSafeLine(JSON.stringify({ ...total, from: iso(from), to: iso(to), ...by, malformed, doubled, gaps: isoGaps }))}\n`
  }
  const span = from === undefined ? '' : `, from ${iso(from)} to ${iso(to)}`
  return [
    `${total.lines} lines, ${total.bytes} bytes${span}`,
    ...volumes('Levels', byLevel),
    ...volumes('Modules', byModule),
    ...volumes('Messages', byMessage),
    ...findings('Lines of the wrong form', malformed),
    ...findings('Lines that stand twice', doubled),
    '',
    `Gaps: ${gaps.length === 0 ? 'none' : gaps.length}`,
    ...gaps
      .slice(0, MAX_ROWS)
      .map(gap => `  ${iso(gap.from)} – ${iso(gap.to)}  ${Math.round((gap.to - gap.from) / 60_000)} minutes`),
    '',
  ].join('\n')
}

/** What failed, as text with a paragraph for each kind of failure, or as a line of JSON for each. */
export function describeFailures(
  { groups, leftOut }: { readonly groups: readonly FailureGroup[]; readonly leftOut: number },
  { json, colour, limit = DEFAULT_GROUPS }: FailuresView,
): string {
  const shown = groups.slice(0, limit)
  if (json) return shown.map(group => `${toSafeLine(JSON.stringify(toJson(group)))}\n`).join('')
  const total = groups.reduce((sum, { count }) => sum + count, leftOut)
  const rest = groups.length > shown.length || leftOut > 0 ? ` (${shown.length} kinds shown; --limit shows more)` : ''
  return [`${total} failures of ${groups.length} kinds${rest}`, ...shown.flatMap(group => paragraph(group, colour)), ''].join(
    '\n',
  )
}

function paragraph({ count, users, firstAt, lastAt, example, before }: FailureGroup, colour: boolean): readonly string[] {
  const whom = users.size === 0 ? '' : `, for ${users.size} user${users.size === 1 ? '' : 's'}`
  return [
    '',
    `${count} × from ${iso(firstAt)} to ${iso(lastAt)}${whom}`,
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

/** What the log holds may be anything; the renderer knows how to print it. */
function safe(text: string): string {
  return renderText({ msg: text }).replace(/^.*?\] \[\] \[\] /, '')
}

function iso(at: number | undefined): string | undefined {
  return at === undefined || !Number.isFinite(at) ? undefined : new Date(at).toISOString()
}
