import type { Figure, Report } from './report.ts'
import { isNotable, showChange, showFigure, showSpan } from './show.ts'

/** A table whose first column names the row. Cells are plain text. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What is shown where there is no value. */
const NONE = '–'

/** The line below the title: which server, and whether metrics are missing. */
export function introduce({ host, coverage }: Pick<Report, 'host' | 'coverage'>): string {
  const gap = coverage < 0.99 ? ` There are metrics for ${showFigure(coverage, 'ratio')} of the time.` : ''
  return `Pellucid on ${host}.${gap} Times are in UTC.`
}

/** The figures of a period next to those of the one before. Changes are judged in words. */
export function tableOfFigures({ kind, figures }: Pick<Report, 'kind' | 'figures'>): Table {
  return {
    title: 'Figures',
    head: ['', kind === 'daily' ? 'This day' : 'This week', before(kind), 'Change', 'Largest changes'],
    rows: figures.map(figure => [
      figure.name,
      shown(figure.value, figure.unit),
      shown(figure.before, figure.unit),
      `${showChange(figure.value, figure.before, figure.unit)}${verdict(figure)}`,
      figure.contributors.join(', '),
    ]),
  }
}

/** The alerts that fired. */
export function tableOfAlerts({ kind, alerts }: Pick<Report, 'kind' | 'alerts'>): Table {
  return {
    title: 'Alerts',
    head: ['', 'Fired', before(kind), 'Resolved after (mean)'],
    rows: alerts.map(({ title, fired, firedBefore, meanTimeToResolveS: seconds }) => [
      title,
      String(fired),
      String(firedBefore),
      seconds === undefined ? 'not yet' : showSpan(seconds),
    ]),
  }
}

/** What is used of each resource. */
export function tableOfCapacity({ capacity }: Pick<Report, 'capacity'>): Table {
  return {
    title: 'Capacity',
    head: ['', 'In use', 'At most', 'Full by'],
    rows: capacity.map(({ resource, now, peak, fullBy }) => [
      resource,
      showFigure(now, 'ratio'),
      showFigure(peak, 'ratio'),
      fullBy ?? NONE,
    ]),
  }
}

function before(kind: Report['kind']): string {
  return kind === 'daily' ? 'Day before' : 'Week before'
}

function shown(value: number | undefined, unit: Figure['unit']): string {
  return value === undefined ? NONE : showFigure(value, unit)
}

function verdict({ value, before, unit, moreIsBetter }: Figure): string {
  if (value === undefined || before === undefined || moreIsBetter === undefined || !isNotable(value, before, unit)) return ''
  return value > before === moreIsBetter ? ', better' : ', worse'
}
