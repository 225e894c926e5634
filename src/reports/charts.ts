import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Chart } from './report.ts'

const WIDTH = 600
const HEIGHT = 130
/** Lines differ by their dashes as well as by their shade: a page may be printed in black. */
const DASHES = [
  [1, 0],
  [4, 3],
]
const SHADES = ['#0b7285', '#c92a2a']
/** Seconds below 1 are drawn as milliseconds: two ticks must not have the same label. */
const FORMATS = { count: ',.0f', ratio: '.0%', seconds: ',.3~g' } as const
/** A span below which ticks are hours of a day. */
const HOURS_BELOW_MS = 3 * 86_400_000

/** Draws a chart as SVG. */
export async function drawChart({ lines, unit }: Chart): Promise<string> {
  const names = lines.map(({ name }) => name)
  const all = lines.flatMap(({ name, points }) => points.map(([t, v]) => ({ t, v, name })))
  const spanMs = Math.max(...all.map(({ t }) => t)) - Math.min(...all.map(({ t }) => t))
  const isShort = unit === 'seconds' && all.every(({ v }) => v < 1)
  const values = isShort ? all.map(point => ({ ...point, v: point.v * 1000 })) : all
  const legend = names.length > 1 ? ({ title: null, orient: 'top' } as const) : null
  const spec: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: WIDTH,
    height: HEIGHT,
    background: 'white',
    config: { font: 'Helvetica, Arial, sans-serif', view: { stroke: '#ccc' } },
    data: { values },
    mark: { type: 'line', strokeWidth: 1.5, interpolate: 'monotone' },
    encoding: {
      x: {
        field: 't',
        type: 'temporal',
        scale: { type: 'utc' },
        axis: { title: null, grid: false, tickCount: 7, format: spanMs < HOURS_BELOW_MS ? '%a %H:%M' : '%a %d %b' },
      },
      y: {
        field: 'v',
        type: 'quantitative',
        scale: { domainMin: 0 },
        axis: { title: unit === 'seconds' ? (isShort ? 'milliseconds' : 'seconds') : null, tickCount: 4, format: FORMATS[unit] },
      },
      color: { field: 'name', type: 'nominal', scale: { domain: names, range: SHADES }, legend },
      strokeDash: { field: 'name', type: 'nominal', scale: { domain: names, range: DASHES }, legend },
    },
  }
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}
