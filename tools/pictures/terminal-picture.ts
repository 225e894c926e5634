import type { Output } from './terminal.ts'

/** One terminal of a recording: its title, and what it shows from top to bottom. */
export interface Pane {
  readonly title: string
  readonly outputs: readonly Output[]
}

interface Row {
  readonly atMs: number
  readonly runs: readonly Run[]
}

interface Run {
  readonly text: string
  readonly style: string
}

const COLUMNS = 118
const COLUMN_PX = 7.8
const ROW_PX = 18
const PADDING_PX = 14
const TITLE_PX = 28
const GAP_PX = 12
/** Continuations of a wrapped line are indented. */
const INDENT = '    '

/** Line breaks and colour codes, in a group: `split` returns them too. */
const LINE_BREAK_OR_ESCAPE = /(\n|\p{Cc}\[[\d;]*[A-Za-z])/u

/** Classes by the codes of Select Graphic Rendition. */
const STYLES: Readonly<Record<string, string>> = {
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
  '34': 'blue',
  '90': 'dim',
  '1': 'bold',
  '2': 'dim',
}

/**
 * Draws terminals below each other as an SVG in which each row appears at its time. Viewers without
 * animation show all rows.
 */
export function drawTerminals(title: string, panes: readonly Pane[]): string {
  const width = COLUMNS * COLUMN_PX + 2 * PADDING_PX
  let top = 0
  const drawn = panes.map(({ title, outputs }) => {
    const rows = toRows(outputs)
    const height = TITLE_PX + rows.length * ROW_PX + PADDING_PX
    const pane = drawPane(title, rows, top, width, height)
    top += height + GAP_PX
    return pane
  })
  const height = top - GAP_PX
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
text{font:13px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#d8dee9;white-space:pre}
.title{fill:#8892a6}.bold{font-weight:bold;fill:#fff}.red{fill:#ff6b6b}.green{fill:#8fd694}.yellow{fill:#ffd166}.blue{fill:#82aaff}.dim{fill:#8892a6}
.row{animation:appear .05s backwards}
@keyframes appear{from{opacity:0}}
@media (prefers-reduced-motion:reduce){.row{animation:none}}
</style>
${drawn.join('\n')}
</svg>
`
}

function drawPane(title: string, rows: readonly Row[], top: number, width: number, height: number): string {
  const lines = rows.map(({ atMs, runs }, i) => {
    const y = top + TITLE_PX + (i + 0.8) * ROW_PX
    const delay = (atMs / 1000).toFixed(2)
    const spans = runs.map(({ text, style }) =>
      style === '' ? escapeXml(text) : `<tspan class="${style}">${escapeXml(text)}</tspan>`,
    )
    return `<text class="row" x="${PADDING_PX}" y="${y.toFixed(1)}" style="animation-delay:${delay}s" xml:space="preserve">${spans.join('')}</text>`
  })
  return `<rect y="${top}" width="${width}" height="${height}" rx="8" fill="#1b2030"/>
<text class="title" x="${PADDING_PX}" y="${top + 19}">${escapeXml(title)}</text>
${lines.join('\n')}`
}

/** Splits outputs into rows that fit; a row has the time at which its line began. */
function toRows(outputs: readonly Output[]): readonly Row[] {
  const rows: Row[] = []
  let style = ''
  let line: { atMs: number; runs: Run[] } | undefined
  for (const { atMs, text } of outputs)
    for (const part of text.split(LINE_BREAK_OR_ESCAPE)) {
      line ??= { atMs, runs: [] }
      if (part === '\n') {
        rows.push(...wrap(line))
        line = undefined
      } else if (part.startsWith('\u001B[')) style = styleOf(part)
      else if (part !== '') line.runs.push({ text: part, style })
    }
  if (line !== undefined && line.runs.length > 0) rows.push(...wrap(line))
  return rows
}

/** Breaks a line at spaces. */
function wrap({ atMs, runs }: { readonly atMs: number; readonly runs: readonly Run[] }): readonly Row[] {
  const rows: { atMs: number; runs: Run[] }[] = [{ atMs, runs: [] }]
  let column = 0
  for (const { text, style } of runs)
    for (const word of text.split(/(?<= )/)) {
      for (let rest = word; rest !== ''; ) {
        if (column > INDENT.length && column + rest.trimEnd().length > COLUMNS) {
          rows.push({ atMs, runs: [{ text: INDENT, style: '' }] })
          column = INDENT.length
        }
        if (column === COLUMNS) break
        const piece = rest.slice(0, COLUMNS - column)
        rows.at(-1)?.runs.push({ text: piece, style })
        column += piece.length
        rest = rest.slice(piece.length)
      }
    }
  return rows.map(row => ({ ...row, runs: joinRuns(row.runs) }))
}

function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = []
  for (const run of runs) {
    const last = joined.at(-1)
    if (last?.style === run.style) joined.splice(-1, 1, { text: last.text + run.text, style: run.style })
    else joined.push(run)
  }
  return joined
}

function styleOf(sequence: string): string {
  const codes = sequence.slice(2, -1).split(';')
  return (
    codes
      .map(code => STYLES[code])
      .filter(name => name !== undefined)
      .at(-1) ?? ''
  )
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
