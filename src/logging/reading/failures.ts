import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from '../record/text-format.ts'
import type { LogLine } from './line-scanner.ts'
import type { LogQuery } from './log-query.ts'
import { type ReadOptions, readLog } from './log-reader.ts'

/** Failures of one kind: of the same module, message and type of error. */
export interface FailureGroup {
  readonly module: string
  readonly message: string
  readonly errorType: string | undefined
  readonly count: number
  /** Pseudonyms of those whom it hit; at most 1000 are told apart. */
  readonly users: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly lastAt: number
  /** The latest of them. */
  readonly example: LogLine
  /** What the log says right before the example, about the same request or session: at most 10 lines, oldest first. */
  readonly before: readonly LogLine[]
}

type Group = { -readonly [Key in keyof FailureGroup]: FailureGroup[Key] } & { users: Set<string>; before: LogLine[] }

const MAX_GROUPS = 200
const MAX_USERS = 1000
const MAX_BEFORE = 10
/** How far back what led to a failure is looked for. */
const LOOK_BACK_MS = 600_000
const IDS = ['request_id', 'trace_id', 'turn_id', 'session_id'] as const

/**
 * Finds what failed (ERROR and CRITICAL), when, for whom and in which part, the most frequent first, each with what came before it. Failures are
 * read from their own archive, which a flood of other lines cannot push anything out of; what came before, from the log as a whole. Of more than 200 kinds, the later ones are left out and counted.
 */
export async function findFailures(
  dir: string,
  query: LogQuery,
  options: ReadOptions,
): Promise<{ readonly groups: readonly FailureGroup[]; readonly leftOut: number }> {
  const groups = new Map<string, Group>()
  let leftOut = 0
  const level = query.level === 'CRITICAL' ? 'CRITICAL' : 'ERROR'
  for await (const lines of readLog(dir, { ...query, level }, { ...options, stream: options.stream ?? archiveIn(dir) }))
    for (const line of lines) if (!addTo(groups, line)) leftOut++
  const found = [...groups.values()].sort((a, b) => b.count - a.count || b.lastAt - a.lastAt)
  await lookBack(dir, found, options)
  return { groups: found, leftOut }
}

/** Undefined, which is the log as a whole, where there is no such archive, as in a folder that only the shipped stream was copied to. */
function archiveIn(dir: string): 'error' | undefined {
  return existsSync(join(dir, 'error')) ? 'error' : undefined
}

function addTo(groups: Map<string, Group>, line: LogLine): boolean {
  const record = line.record ?? {}
  const errorType = typeOf(record.err)
  const module = String(record.module ?? '')
  const message = String(record.msg ?? '')
  const key = JSON.stringify([module, message, errorType])
  const known = groups.get(key)
  if (known === undefined && groups.size >= MAX_GROUPS) return false
  const group = known ?? {
    module,
    message,
    errorType,
    count: 0,
    users: new Set(),
    firstAt: line.at,
    lastAt: line.at,
    example: line,
    before: [],
  }
  groups.set(key, group)
  group.count++
  group.lastAt = line.at
  group.example = line
  if (record.user_id !== undefined && group.users.size < MAX_USERS) group.users.add(String(record.user_id))
  return true
}

/** Reads the minutes before the examples once more, every level of them, in one go. */
async function lookBack(dir: string, groups: readonly Group[], options: ReadOptions): Promise<void> {
  const windows = groups.map(({ example }) => ({ since: example.at - LOOK_BACK_MS, until: example.at }))
  const open = new Set(groups)
  for (const range of joined(windows)) {
    for await (const lines of readLog(dir, range, { ...options, onProblem: () => {} })) {
      for (const line of lines) for (const group of open) if (!remember(group, line)) open.delete(group)
    }
  }
}

/** Keeps a line if it belongs before the group's example; false once the example itself has come. */
function remember(group: Group, line: LogLine): boolean {
  const { example, before } = group
  if (line.text === example.text) return false
  if (line.at < example.at - LOOK_BACK_MS || !isRelated(line.record ?? {}, example.record ?? {})) return true
  before.push(line)
  if (before.length > MAX_BEFORE) before.shift()
  return true
}

/** Of the same request or session; and for what happened outside of any, what else did. */
function isRelated(record: LogRecord, failed: LogRecord): boolean {
  const ids = IDS.filter(id => failed[id] !== undefined)
  return ids.length === 0 ? IDS.every(id => record[id] === undefined) : ids.some(id => record[id] === failed[id])
}

function joined(
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
