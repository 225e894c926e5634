import type { Report } from './report.ts'

/** When something is due next, after a time. */
export interface Schedule {
  nextRun(after: Date): Date | null
}

/** What was done last, kept on disk. */
export interface Marks {
  mark(name: string): { readonly at: number } | undefined
  setMark(name: string, at: number): void
}

/**
 * Returns the time of the report that is due, also if that was while the server was down. Of
 * several that were missed, it is the last one. The first time counts from the first call.
 */
export function dueReport(kind: Report['kind'], schedule: Schedule, marks: Marks, now: number): number | undefined {
  const name = `${kind}_report`
  const last = marks.mark(name)?.at
  if (last === undefined) {
    marks.setMark(name, now)
    return undefined
  }
  let due: number | undefined
  for (let next = schedule.nextRun(new Date(last)); next !== null && next.getTime() <= now; next = schedule.nextRun(next))
    due = next.getTime()
  return due
}
