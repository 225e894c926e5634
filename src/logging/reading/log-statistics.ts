import type { LogLine } from './line-scanner.ts'
import { checkRecord } from './record-check.ts'

export interface Volume {
  readonly lines: number
  readonly bytes: number
}

/** An anomaly, its count, and its first location. */
export interface Finding {
  readonly what: string
  readonly count: number
  /** `file:line` of the first. */
  readonly where: string
}

/** A time without lines between two periods of traffic, in milliseconds since 1970. */
export interface Gap {
  readonly from: number
  readonly to: number
}

export interface LogStatistics {
  readonly total: Volume
  readonly from: number | undefined
  readonly to: number | undefined
  /** By bytes, the largest first. */
  readonly byLevel: ReadonlyMap<string, Volume>
  readonly byModule: ReadonlyMap<string, Volume>
  readonly byMessage: ReadonlyMap<string, Volume>
  /** Lines that are not JSON objects, and records that lack a required field. */
  readonly malformed: readonly Finding[]
  /** Repeated lines: the same bytes in the same millisecond. */
  readonly repeated: readonly Finding[]
  readonly gaps: readonly Gap[]
}

/** Distinct names per table; further ones are counted together. */
const MAX_KINDS = 1000
const OTHERS = '(others)'
const MAX_NAME_LENGTH = 120
/** Lines within the length of a gap that count as traffic. */
const TRAFFIC_LINES = 10
/** Lines of one millisecond that are checked for repetitions. */
const MAX_COMPARED = 10_000

/**
 * Creates a collector of volumes and anomalies. Lines must be added in order of time. Uses a few MB
 * of memory for any number of lines.
 *
 * @param gapMs A longer time without lines is a gap, if there is traffic before and after: 10 lines
 * within `gapMs`.
 */
export function createLogStatistics(gapMs: number): { add(line: LogLine): void; result(): LogStatistics } {
  const total = { lines: 0, bytes: 0 }
  const levels = new Map<string, Volume>()
  const modules = new Map<string, Volume>()
  const messages = new Map<string, Volume>()
  const malformed = new Map<string, Finding>()
  const repeated = new Map<string, Finding>()
  const gaps = createGapFinder(gapMs)
  let from: number | undefined
  let to: number | undefined
  let sameTime = new Set<string>()

  function add(line: LogLine): void {
    const bytes = Buffer.byteLength(line.text) + 1
    const { record, at } = line
    total.lines++
    total.bytes += bytes
    const problem = record === undefined ? 'not a JSON object' : checkRecord(record)
    if (problem !== undefined) find(malformed, problem, line)
    if (record === undefined) return
    weigh(levels, record.level, bytes)
    weigh(modules, record.module, bytes)
    weigh(messages, record.msg, bytes)
    if (at === Number.NEGATIVE_INFINITY) return
    if (at !== to) sameTime = new Set()
    if (sameTime.has(line.text)) find(repeated, String(record.msg), line)
    else if (sameTime.size < MAX_COMPARED) sameTime.add(line.text)
    from ??= at
    to = at
    gaps.add(at)
  }

  return {
    add,
    result: () => ({
      total,
      from,
      to,
      byLevel: sorted(levels),
      byModule: sorted(modules),
      byMessage: sorted(messages),
      malformed: [...malformed.values()],
      repeated: [...repeated.values()],
      gaps: gaps.found,
    }),
  }
}

function weigh(kinds: Map<string, Volume>, value: unknown, bytes: number): void {
  const name = kindOf(kinds, String(value ?? '(none)'))
  const { lines, bytes: before } = kinds.get(name) ?? { lines: 0, bytes: 0 }
  kinds.set(name, { lines: lines + 1, bytes: before + bytes })
}

function find(findings: Map<string, Finding>, what: string, { file, number }: LogLine): void {
  const name = kindOf(findings, what)
  const known = findings.get(name) ?? { what: name, count: 0, where: `${file.path}:${number}` }
  findings.set(name, { ...known, count: known.count + 1 })
}

function kindOf(kinds: ReadonlyMap<string, unknown>, name: string): string {
  const short = name.slice(0, MAX_NAME_LENGTH)
  return kinds.has(short) || kinds.size < MAX_KINDS ? short : OTHERS
}

function sorted(kinds: ReadonlyMap<string, Volume>): ReadonlyMap<string, Volume> {
  return new Map([...kinds].sort(([, a], [, b]) => b.bytes - a.bytes))
}

/** A time without lines is a candidate until traffic follows; then it is a gap. */
function createGapFinder(gapMs: number): { readonly found: readonly Gap[]; add(at: number): void } {
  const found: Gap[] = []
  /** Times of the latest lines since the last candidate. */
  let recent: number[] = []
  let candidate: Gap | undefined
  const isTraffic = () => recent.length === TRAFFIC_LINES && recent[TRAFFIC_LINES - 1]! - recent[0]! <= gapMs
  return {
    found,
    add(at) {
      const last = recent.at(-1)
      if (last !== undefined && at - last > gapMs) {
        candidate = isTraffic() ? { from: last, to: at } : undefined
        recent = []
      }
      recent.push(at)
      if (recent.length > TRAFFIC_LINES) recent.shift()
      if (candidate === undefined || !isTraffic()) return
      if (found.length < MAX_KINDS) found.push(candidate)
      candidate = undefined
    },
  }
}
