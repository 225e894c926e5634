import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from '../record/text-format.ts'
import type { LogLine } from './line-scanner.ts'
import type { LogQuery } from './log-query.ts'
import { type ReadOptions, readLog } from './log-reader.ts'

/** Failures of one kind. */
export interface FailureGroup {
  /** The same for each failure of the kind. */
  readonly fingerprint: string
  readonly module: string
  readonly message: string
  readonly errorType: string | undefined
  readonly count: number
  /** Pseudonyms of the affected users; 1000 at most. */
  readonly users: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly lastAt: number
  readonly first: LogLine
  /** The latest of them. */
  readonly example: LogLine
  /** Lines about the same request or session just before the example: 10 at most, oldest first. */
  readonly before: readonly LogLine[]
}

type Group = { -readonly [Key in keyof FailureGroup]: FailureGroup[Key] } & { users: Set<string>; before: LogLine[] }

const MAX_GROUPS = 200
const MAX_USERS = 1000
const MAX_BEFORE = 10
/** How long before a failure its context is searched. */
const LOOK_BACK_MS = 600_000
const IDS = ['request_id', 'trace_id', 'turn_id', 'session_id'] as const

/**
 * Groups the failures (ERROR and CRITICAL) by kind, the most frequent first, each with the lines
 * before its latest example. Failures are read from their archive, which has its own budget; the
 * lines before them from all streams. The first 200 groups are kept; failures of other groups are
 * counted in `omitted`. `fingerprintOf` returns the kind of a record.
 */
export async function findFailures(
  dir: string,
  query: LogQuery,
  options: ReadOptions,
  fingerprintOf: (record: LogRecord) => string,
): Promise<{ readonly groups: readonly FailureGroup[]; readonly omitted: number }> {
  const groups = new Map<string, Group>()
  let omitted = 0
  const level = query.level === 'CRITICAL' ? 'CRITICAL' : 'ERROR'
  for await (const lines of readLog(dir, { ...query, level }, { ...options, stream: options.stream ?? archiveIn(dir) }))
    for (const line of lines) if (!addTo(groups, fingerprintOf(line.record ?? {}), line)) omitted++
  const found = [...groups.values()].sort((a, b) => b.count - a.count || b.lastAt - a.lastAt)
  await addContext(dir, found, options)
  return { groups: found, omitted }
}

/**
 * Undefined, which reads all streams, if the archive does not exist, as in a copy of the `chatbot`
 * stream only.
 */
function archiveIn(dir: string): 'error' | undefined {
  return existsSync(join(dir, 'error')) ? 'error' : undefined
}

function addTo(groups: Map<string, Group>, fingerprint: string, line: LogLine): boolean {
  const record = line.record ?? {}
  const known = groups.get(fingerprint)
  if (known === undefined && groups.size >= MAX_GROUPS) return false
  const group = known ?? {
    fingerprint,
    module: String(record.module ?? ''),
    message: String(record.msg ?? ''),
    errorType: typeOf(record.err),
    count: 0,
    users: new Set(),
    firstAt: line.at,
    lastAt: line.at,
    first: line,
    example: line,
    before: [],
  }
  groups.set(fingerprint, group)
  group.count++
  group.lastAt = line.at
  group.example = line
  if (record.user_id !== undefined && group.users.size < MAX_USERS) group.users.add(String(record.user_id))
  return true
}

/** Reads the lines of all levels before the examples, in one pass. */
async function addContext(dir: string, groups: readonly Group[], options: ReadOptions): Promise<void> {
  const windows = groups.map(({ example }) => ({ since: example.at - LOOK_BACK_MS, until: example.at }))
  const open = new Set(groups)
  for (const range of mergeRanges(windows)) {
    for await (const lines of readLog(dir, range, { ...options, onProblem: () => {} })) {
      for (const line of lines) for (const group of open) if (!addBefore(group, line)) open.delete(group)
    }
  }
}

/** Adds a line to a group if it belongs to its context; false when the example is reached. */
function addBefore(group: Group, line: LogLine): boolean {
  const { example, before } = group
  if (line.text === example.text) return false
  if (line.at < example.at - LOOK_BACK_MS || !isRelated(line.record ?? {}, example.record ?? {})) return true
  before.push(line)
  if (before.length > MAX_BEFORE) before.shift()
  return true
}

/** Whether two lines share a request or session, or both have none. */
function isRelated(record: LogRecord, failed: LogRecord): boolean {
  const ids = IDS.filter(id => failed[id] !== undefined)
  return ids.length === 0 ? IDS.every(id => record[id] === undefined) : ids.some(id => record[id] === failed[id])
}

function mergeRanges(
  windows: readonly { readonly since: number; readonly until: number }[],
): readonly { since: number; until: number }[] {
  const result: { since: number; until: number }[] = []
  for (const { since, until } of windows.toSorted((a, b) => a.since - b.since)) {
    const last = result.at(-1)
    if (last !== undefined && since <= last.until) last.until = Math.max(last.until, until)
    else result.push({ since, until })
  }
  return result
}

function typeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { type, code } = error as Readonly<Record<string, unknown>>
  return (
    [type, code]
      .filter(part => part !== undefined)
      .map(String)
      .join(' ') || undefined
  )
}
