import { isCode, type Line } from './pdf-lines.ts'

/** The typography by which headings and paragraphs are found. */
export interface PageStyle {
  /** Size and font of most of the text. */
  readonly size: number
  readonly font: string
  /** Distance of the baselines within most paragraphs, in font sizes. */
  readonly leading: number
  /** Sizes of headings, largest first. */
  readonly headingSizes: readonly number[]
}

/** Text that is larger than the body by this factor is a heading. */
const HEADING_FACTOR = 1.1
const MAX_HEADING_SIZES = 5
const DEFAULT_SIZE = 10
const DEFAULT_LEADING = 1.2

/** Measures the typography of a document. */
export function measureStyle(lines: readonly Line[]): PageStyle {
  const prose = lines.filter(line => !isCode(line))
  const measured = prose.length > 0 ? prose : lines
  const size = heaviest(measured.map(line => [roundSize(line.size), line.chars])) ?? DEFAULT_SIZE
  const body = measured.filter(line => roundSize(line.size) === size)
  const gaps = body.slice(1).flatMap((line, i) => {
    const gap = (line.y - body[i]!.y) / size
    return gap > 0.8 && gap < 2.5 ? [Math.round(gap * 20) / 20] : []
  })
  const sizes = new Set(prose.map(line => roundSize(line.size)).filter(other => other >= size * HEADING_FACTOR))
  return {
    size,
    font: heaviest(body.map(line => [line.font, line.chars])) ?? '',
    leading: heaviest(gaps.map(gap => [gap, 1])) ?? DEFAULT_LEADING,
    headingSizes: [...sizes].sort((a, b) => b - a).slice(0, MAX_HEADING_SIZES),
  }
}

/** Sizes that differ by less than half a point are the same. */
export function roundSize(size: number): number {
  return Math.round(size * 2) / 2
}

/** Returns the value with the largest sum of weights. */
function heaviest<T>(weighted: readonly (readonly [value: T, weight: number])[]): T | undefined {
  const sums = new Map<T, number>()
  for (const [value, weight] of weighted) sums.set(value, (sums.get(value) ?? 0) + weight)
  return [...sums].sort(([, a], [, b]) => b - a)[0]?.[0]
}
