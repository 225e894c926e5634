import type { LogLine } from './line-scanner.ts'

/** Lines in order of time, in batches of any size. */
export interface LineSource {
  /** A lower bound of the times of its lines. */
  readonly startsAt: number
  open(): AsyncIterator<readonly LogLine[]>
}

interface OpenSource {
  /** Order of sources for lines of the same time. */
  readonly rank: number
  readonly batches: AsyncIterator<readonly LogLine[]>
  lines: readonly LogLine[]
  next: number
}

/**
 * Merges sources by time; for equal times, by the order of sources. A source is opened when its
 * start time is reached, so only overlapping sources use memory. Cost: one comparison per line and
 * open source.
 */
export async function* mergeLines(sources: readonly LineSource[]): AsyncGenerator<readonly LogLine[], void, undefined> {
  const waiting = sources.map((source, rank) => ({ ...source, rank, open: source.open })).sort((a, b) => a.startsAt - b.startsAt)
  const open: OpenSource[] = []
  try {
    while (open.length > 0 || waiting.length > 0) {
      const due = waiting[0]
      if (due !== undefined && (open.length === 0 || due.startsAt <= timeOf(first(open)))) {
        waiting.shift()
        const source = { rank: due.rank, batches: due.open(), lines: [], next: 0 }
        open.push(source)
        await advance(source, open)
        continue
      }
      const source = first(open)
      const rival = open.length > 1 ? first(open.filter(other => other !== source)) : undefined
      const from = source.next
      do source.next++
      while (
        source.next < source.lines.length &&
        isBefore(source, rival) &&
        timeOf(source) < (due?.startsAt ?? Number.POSITIVE_INFINITY)
      )
      yield source.lines.slice(from, source.next)
      if (source.next === source.lines.length) await advance(source, open)
    }
  } finally {
    await Promise.all(open.map(source => source.batches.return?.()))
  }
}

/** Moves a source to its next line, or removes it at its end. */
async function advance(source: OpenSource, open: OpenSource[]): Promise<void> {
  while (source.next === source.lines.length) {
    const { done, value } = await source.batches.next()
    if (done) return void open.splice(open.indexOf(source), 1)
    source.lines = value
    source.next = 0
  }
}

function first(open: readonly OpenSource[]): OpenSource {
  return open.reduce((best, source) => (isBefore(source, best) ? source : best))
}

function isBefore(source: OpenSource, rival: OpenSource | undefined): boolean {
  if (rival === undefined) return true
  const [a, b] = [timeOf(source), timeOf(rival)]
  return a < b || (a === b && source.rank < rival.rank)
}

function timeOf(source: OpenSource): number {
  return source.lines[source.next]!.at
}
