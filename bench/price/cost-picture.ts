import type { ComponentShare } from './profile.ts'

const WIDTH_PX = 920
const NAME_PX = 170
const BAR_PX = 330
/** Of a figure, and of a character of a note, as the fonts below have them. */
const FIGURE_PX = 80
const NOTE_CHARACTER_PX = 6.7
const ROW_PX = 24
const TOP_PX = 58
const PADDING_PX = 14

const COLOURS: Readonly<Record<string, string>> = { main: '#82aaff', thread: '#ffd166' }

export interface TurnCost {
  /** Processor time of a turn on the main thread, in microseconds. */
  readonly mainUs: number
  /** That of the other threads, by name. */
  readonly threadUs: ReadonlyMap<string, number>
  /** How the main thread divides its time. */
  readonly shares: readonly ComponentShare[]
}

interface Row {
  readonly name: string
  readonly us: number
  readonly kind: 'main' | 'thread'
  /** The files, the most expensive first. As many are named as fit. */
  readonly files: readonly string[]
}

/**
 * Draws where the processor time of a turn goes: a bar for each component of the main thread, with
 * the files that take the most, and one for each other thread. Readable on light and dark pages.
 */
export function drawTurnCost({ mainUs, threadUs, shares }: TurnCost): string {
  const rows: Row[] = [
    ...shares.map(share => ({
      name: share.component,
      us: share.share * mainUs,
      kind: 'main' as const,
      files: share.files.map(file => `${file.name} ${format(file.share * mainUs)}`),
    })),
    ...[...threadUs].map(([name, us]) => ({ name, us, kind: 'thread' as const, files: [] })),
  ]
  const otherUs = [...threadUs.values()].reduce((sum, us) => sum + us, 0)
  const scale = BAR_PX / Math.max(...rows.map(({ us }) => us))
  const height = TOP_PX + rows.length * ROW_PX + PADDING_PX
  const legend = `${format(mainUs + otherUs)} µs of processor time a turn: main thread ${format(mainUs)}, other threads ${format(otherUs)}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}" role="img">
<title>Where the processor time of a turn goes</title>
<style>text{font:13px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#d8dee9}.dim{fill:#8892a6;font-size:11px}</style>
<rect width="${WIDTH_PX}" height="${height}" rx="8" fill="#1b2030"/>
<text x="${PADDING_PX}" y="26">${legend}</text>
<rect x="${PADDING_PX}" y="38" width="10" height="10" rx="2" fill="${COLOURS.main}"/><text class="dim" x="${PADDING_PX + 16}" y="47">main thread, by component; its files</text>
<rect x="330" y="38" width="10" height="10" rx="2" fill="${COLOURS.thread}"/><text class="dim" x="346" y="47">other threads</text>
${rows.map((row, i) => drawRow(row, TOP_PX + i * ROW_PX, scale)).join('\n')}
</svg>
`
}

function drawRow({ name, us, kind, files }: Row, y: number, scale: number): string {
  const width = Math.max(1, us * scale)
  const figure = `${format(us)} µs`
  const x = NAME_PX + width + 8
  const note = fit(files, WIDTH_PX - x - FIGURE_PX)
  return `<text x="${PADDING_PX}" y="${y + 16}">${escapeXml(name)}</text>
<rect x="${NAME_PX}" y="${y + 5}" width="${width.toFixed(1)}" height="14" rx="2" fill="${COLOURS[kind]}"/>
<text x="${x.toFixed(1)}" y="${y + 16}">${figure}<tspan class="dim" dx="10">${escapeXml(note)}</tspan></text>`
}

function fit(files: readonly string[], widthPx: number): string {
  const limit = widthPx / NOTE_CHARACTER_PX
  return files.reduce((text, file) => (`${text}, ${file}`.length > limit ? text : `${text}${text && ', '}${file}`), '')
}

function format(us: number): string {
  return Math.round(us).toLocaleString('en')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
