import type { Chart, FigureUnit } from './report.ts'

const WIDTH = 600
const HEIGHT = 136
/** Room for labels, in pixels: half the label of the last time on the right. */
const MARGIN = { left: 50, right: 30, top: 18, bottom: 24 }
/** Lines differ by their dashes as well as by their shade: a page may be printed in black. */
const LOOKS = ['stroke="#0b7285"', 'stroke="#c92a2a" stroke-dasharray="4 3"']
const TEXT = 'font-family="Helvetica,Arial,sans-serif" font-size="11" fill="#555"'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Steps between times with a label. */
const TIME_STEPS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS]
const MAX_TIMES = 8
const VALUES = 4

/** Draws a chart with at least one point as SVG, in UTC. The values begin at 0. */
export function drawChart({ lines, unit, title }: Chart): string {
  const all = lines.flatMap(({ points }) => points)
  const times = all.map(([t]) => t)
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const step = stepOf(Math.max(...all.map(([, v]) => v)), unit)
  const top = VALUES * step
  const x = (t: number) =>
    round(to === from ? WIDTH / 2 : MARGIN.left + ((t - from) / (to - from)) * (WIDTH - MARGIN.left - MARGIN.right))
  const y = (v: number) => round(HEIGHT - MARGIN.bottom - (v / top) * (HEIGHT - MARGIN.top - MARGIN.bottom))

  const values = Array.from({ length: VALUES + 1 }, (_, i) => i * step).map(
    v =>
      `<path d="M${MARGIN.left} ${y(v)}H${WIDTH - MARGIN.right}" stroke="#ddd"/>` +
      `<text x="${MARGIN.left - 6}" y="${y(v) + 4}" text-anchor="end" ${TEXT}>${showValue(v, unit, step)}</text>`,
  )
  const labels = listTimes(from, to).map(
    t => `<text x="${x(t)}" y="${HEIGHT - 3}" text-anchor="middle" ${TEXT}>${showTime(t, to - from)}</text>`,
  )
  const drawn = lines.map(({ points }, i) =>
    drawLine(
      points.map(([t, v]) => [x(t), y(v)] as const),
      LOOKS[i % LOOKS.length]!,
    ),
  )
  const names = lines.length < 2 ? [] : lines.map(({ name }, i) => drawName(name, i))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    ...values,
    ...labels,
    ...drawn,
    ...names,
    '</svg>',
  ].join('')
}

/** A single point is a dot. */
function drawLine(points: readonly (readonly [x: number, y: number])[], look: string): string {
  const [only] = points
  if (points.length === 1 && only !== undefined) return `<circle cx="${only[0]}" cy="${only[1]}" r="2" fill="none" ${look}/>`
  return `<path d="M${points.map(([x, y]) => `${x} ${y}`).join('L')}" fill="none" stroke-width="1.5" ${look}/>`
}

function drawName(name: string, i: number): string {
  const left = MARGIN.left + i * 140
  return `<path d="M${left} 8h20" stroke-width="1.5" ${LOOKS[i % LOOKS.length]}/><text x="${left + 25}" y="12" ${TEXT}>${name}</text>`
}

/** A step of 1, 2 or 5 with which a value is within four of them. Counts have whole steps. */
function stepOf(most: number, unit: FigureUnit): number {
  const least = Math.max(most / VALUES, unit === 'count' ? 1 : 1e-6)
  const power = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 5, 10].find(factor => factor * power >= least * (1 - 1e-9)) ?? 10) * power
}

function showValue(value: number, unit: FigureUnit, step: number): string {
  if (unit === 'ratio') return `${round(value * 100)} %`
  if (unit === 'count') return value.toLocaleString('en')
  const isShort = step < 0.25
  return `${round(isShort ? value * 1000 : value)} ${isShort ? 'ms' : 's'}`
}

/** Times with a label: multiples of a step between two times, or the only time. */
function listTimes(from: number, to: number): readonly number[] {
  if (from === to) return [from]
  const step = TIME_STEPS.find(each => (to - from) / each <= MAX_TIMES) ?? TIME_STEPS.at(-1)!
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step)
}

function showTime(t: number, spanMs: number): string {
  const [weekday = '', day = '', month = ''] = new Date(t).toUTCString().replace(',', '').split(' ')
  if (spanMs >= 3 * DAY_MS) return `${weekday} ${day} ${month}`
  return `${weekday} ${new Date(t).toISOString().slice(11, 16)}`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
