import type { FigureUnit } from './report.ts'

/** Shows a figure: `12,345`, `99.98 %`, `340 ms`. */
export function showFigure(value: number, unit: FigureUnit): string {
  if (unit === 'ratio') return `${(value * 100).toFixed(value > 0.99 && value < 1 ? 2 : 1)} %`
  if (unit === 'seconds') return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`
  return Math.round(value).toLocaleString('en')
}

/** Change relative to the value before: 0.1 for 10 % more. Infinite if there was none before. */
export function change(value: number, before: number): number {
  if (before === 0) return value === 0 ? 0 : Number.POSITIVE_INFINITY
  return (value - before) / before
}

/** Whether a change is worth a word: a tenth of a point of a share, otherwise 5 %. */
export function isNotable(value: number, before: number, unit: FigureUnit): boolean {
  return unit === 'ratio' ? Math.abs(value - before) >= 0.001 : Math.abs(change(value, before)) >= 0.05
}

/** Shows a change: `+12 %`, `−3 points`, `new`. */
export function showChange(value: number | undefined, before: number | undefined, unit: FigureUnit): string {
  if (value === undefined || before === undefined) return ''
  const sign = value >= before ? '+' : '−'
  if (unit === 'ratio') {
    const points = Math.abs(value - before) * 100
    return points < 0.005 ? 'same' : `${sign}${points.toFixed(points < 1 ? 2 : 1)} points`
  }
  const share = change(value, before)
  if (!Number.isFinite(share)) return 'new'
  return Math.abs(share) < 0.005 ? 'same' : `${sign}${Math.abs(share * 100).toFixed(0)} %`
}

/** `16 November 2026` of an ISO time, in UTC. */
function showDay(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}

/** Seconds as `95 s`, `12 min`, `3.5 h`. */
export function showSpan(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** `once`, `3 times`. */
export function showTimes(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en')} times`
}

/** The title of a report. The day is named alone if the report begins with it. */
export function titleOf(kind: 'daily' | 'weekly', from: string, to: string): string {
  const isCalendarDay = kind === 'daily' && from.slice(11, 16) === '00:00'
  const time = (iso: string) => `${showDay(iso)}${kind === 'daily' ? ` ${iso.slice(11, 16)}` : ''}`
  const days = isCalendarDay ? showDay(from) : `${time(from)} to ${time(to)}`
  return `${kind === 'daily' ? 'Daily' : 'Weekly'} report, ${days}`
}
