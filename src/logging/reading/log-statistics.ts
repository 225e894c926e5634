import type { LogLine } from './line-scanner.ts'
import { checkRecord } from './record-check.ts'

export interface Volume {
  readonly lines: number
  readonly bytes: number
}

/** Something odd, how often it came, and where first. */
export interface Finding {
  readonly what: string
  readonly count: number
  /** `file:line` of the first. */
  readonly where: string
}

/** A silence between two stretches of traffic; times in milliseconds since 1970. */
export interface Gap {
  readonly from: number
  readonly to: number
}

export interface LogStatistics {
  readonly total: Volume
  readonly from: number | undefined
  readonly to: number | undefined
  /** Each with the largest first. */
  readonly byLevel: ReadonlyMap<string, Volume>
  readonly byModule: ReadonlyMap<string, Volume>
  readonly byMessage: ReadonlyMap<string, Volume>
  /** Lines that are no JSON object, and records that lack what every record has. */
  readonly malformed: readonly Finding[]
  /** Lines that stand twice in the log: the same bytes in the same millisecond. */
  readonly doubled: readonly Finding[]
  readonly gaps: readonly Gap[]
}

/** Beyond this many different ones of a kind, the rest are counted together. */
const MAX_KINDS = 1000
const OTHERS = '(others)'
const MAX_NAME_LENGTH = 120
/** So many lines within the length of a gap are traffic. */
const TRAFFIC_LINES = 10
/** Of one millisecond, so many lines are compared with each other. */
const MAX_COMPARED = 10_000

/**
 * Makes a collector of what a log consists of and what is odd about it. It takes the lines in the order of time; it takes a few MB, however many
 * they are.
 *
 * @param gapMs A silence longer than this counts as a gap, if there was traffic before and after it: 10 lines within such a time.
 */
export function createLogStatistics(gapMs: number): { add(line: LogLine): void; result(): LogStatistics } {
  const total = { lines: 0, bytes: 0 }
  const levels = new Map<string, Volume>()
  const modules = new Map<string, Volume>()
  const messages = new Map<string, Volume>()
  const malformed = new Map<string, Finding>()
  const doubled = new Map<string, Finding>()
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
    if (sameTime.has(line.text)) find(doubled, String(record.msg), line)
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
      doubled: [...doubled.values()],
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

/** A silence is a gap once traffic follows it as there was before it; until then it is a candidate. */
function createGapFinder(gapMs: number): { readonly found: readonly Gap[]; add(at: number): void } {
  const found: Gap[] = []
  /** Times of the last lines, since the last silence at most. */
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
