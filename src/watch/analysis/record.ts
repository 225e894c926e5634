/** A line of the log that an analysis reads. */
export interface AnalysisLine {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly record: Readonly<Record<string, unknown>>
}

/** A time range in milliseconds since 1970; `to` is exclusive. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** Returns a field that is a text; undefined otherwise. */
export function textOf(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' ? value : undefined
}

/** Returns a field that is a finite number; undefined otherwise. */
export function numberOf(record: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = record[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A time as ISO 8601 in UTC. */
export function iso(at: number): string {
  return new Date(at).toISOString()
}

/** The command that shows the lines of a request, by the best id that a line has. */
export function linesCommand(record: Readonly<Record<string, unknown>>): string | undefined {
  const ids = [
    ['turn_id', '--turn'],
    ['trace_id', '--trace'],
    ['session_id', '--session'],
  ] as const
  for (const [name, option] of ids) {
    const value = textOf(record, name)
    if (value !== undefined) return `pellucid logs ${option} ${value}`
  }
  const request = textOf(record, 'request_id')
  return request === undefined ? undefined : `pellucid logs --grep ${request}`
}

/** Adds to a count, unless the table is full: then the entry `(others)` gets it. */
export function count(table: Map<string, number>, name: string, by = 1, maximum = 200): void {
  const known = table.has(name) || table.size < maximum ? name : '(others)'
  table.set(known, (table.get(known) ?? 0) + by)
}

/** The largest counts first. */
export function ranked(
  table: ReadonlyMap<string, number>,
  limit = 20,
): readonly { readonly name: string; readonly count: number }[] {
  return [...table]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
}
