import type { OtlpSpan } from '../../test/worlds/collector.ts'

const WIDTH_PX = 920
const NAME_PX = 330
const ROW_PX = 24
const PADDING_PX = 14
const TITLE_PX = 32
const PER_MS = 1_000_000

interface Bar {
  readonly span: OtlpSpan
  readonly depth: number
}

/** Draws the spans of a trace as a waterfall: a row for each span, children below their parent. */
export function drawTrace(spans: readonly OtlpSpan[]): string {
  const bars = [...inTreeOrder(spans, undefined, 0)]
  const start = Math.min(...spans.map(startOf))
  const total = Math.max(...spans.map(endOf)) - start
  const height = TITLE_PX + bars.length * ROW_PX + PADDING_PX
  const scale = (WIDTH_PX - NAME_PX - 90) / total
  const rows = bars.map(({ span, depth }, i) => {
    const y = TITLE_PX + i * ROW_PX
    const x = NAME_PX + (startOf(span) - start) * scale
    const width = Math.max(2, (endOf(span) - startOf(span)) * scale)
    return `<text x="${PADDING_PX + depth * 16}" y="${y + 16}">${escapeXml(span.name)}</text>
<rect x="${x.toFixed(1)}" y="${y + 5}" width="${width.toFixed(1)}" height="14" rx="2" fill="${span.kind === 3 ? '#ffd166' : '#82aaff'}"/>
<text class="dim" x="${(x + width + 6).toFixed(1)}" y="${y + 16}">${((endOf(span) - startOf(span)) / PER_MS).toFixed(2)} ms</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}" role="img">
<title>The spans of one turn</title>
<style>text{font:13px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#d8dee9}.dim{fill:#8892a6}</style>
<rect width="${WIDTH_PX}" height="${height}" rx="8" fill="#1b2030"/>
<text class="dim" x="${PADDING_PX}" y="21">trace ${spans[0]?.traceId ?? ''}</text>
${rows.join('\n')}
</svg>
`
}

function* inTreeOrder(spans: readonly OtlpSpan[], parent: OtlpSpan | undefined, depth: number): Generator<Bar> {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const isChild = ({ parentSpanId }: OtlpSpan) =>
    parent === undefined ? parentSpanId === undefined || !ids.has(parentSpanId) : parentSpanId === parent.spanId
  for (const span of spans.filter(isChild).toSorted((a, b) => startOf(a) - startOf(b))) {
    yield { span, depth }
    yield* inTreeOrder(spans, span, depth + 1)
  }
}

function startOf({ startTimeUnixNano }: OtlpSpan): number {
  return Number(startTimeUnixNano)
}

function endOf({ endTimeUnixNano }: OtlpSpan): number {
  return Number(endTimeUnixNano)
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
