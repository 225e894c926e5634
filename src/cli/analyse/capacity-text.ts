import type { CapacityRow } from '../../watch/reports/report.ts'
import { showFigure } from '../../watch/reports/show.ts'

/** A resource as JSON. Shares are from 0 to 1. */
export interface CapacityWireRow {
  readonly resource: string
  readonly now: number
  readonly peak: number
  readonly full_by: string | undefined
  /** False with metrics of less than a day. */
  readonly growth_known: boolean
}

/** A row with the names that leave the process. */
export function toWireRow({ resource, now, peak, fullBy, isGrowthKnown }: CapacityRow): CapacityWireRow {
  return { resource, now, peak, full_by: fullBy, growth_known: isGrowthKnown }
}

/** Renders what is used of each resource, the one that is full first at the top. */
export function renderCapacity({
  from,
  to,
  resources,
}: {
  readonly from: string
  readonly to: string
  readonly resources: readonly CapacityWireRow[]
}): string {
  const first = resources.toSorted((a, b) => ((a.full_by ?? '9999') < (b.full_by ?? '9999') ? -1 : b.peak - a.peak))
  const shown = first.map(
    row =>
      `  ${row.resource}: ${showFigure(row.now, 'ratio')} in use, at most ${showFigure(row.peak, 'ratio')}, ${forecast(row)}`,
  )
  const limiting = first[0]?.full_by === undefined ? [] : [`The first limit is: ${first[0].resource}, on ${first[0].full_by}`]
  return [
    `Capacity, from the metrics of ${from} to ${to}`,
    ...limiting,
    ...(shown.length === 0 ? ['  There are no metrics yet'] : shown),
    '',
  ].join('\n')
}

function forecast({ full_by, growth_known }: CapacityWireRow): string {
  if (full_by !== undefined) return `full by ${full_by}`
  return growth_known ? 'does not fill up within a year' : 'no forecast: metrics of a day are needed'
}
