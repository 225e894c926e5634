import type { AnalysedSegment } from '../text/passages/segment-table.ts'

/** Tools that a site offers the same command for. It shows one of them until a reader chooses. */
const TOOLS = 'npm|npx|pnpm|yarn|bun|deno|pip|pipenv|poetry|uv|conda'
const LABEL = new RegExp(`^(${TOOLS}):$`, 'i')
/** The label of the first tool may be the last line of a list item. */
const LAST_LABEL = new RegExp(String.raw`(?:^|\n\s*)(${TOOLS}):$`, 'i')
/** Tools that a site names first. */
const FIRST = /^(?:npm|npx|pip)$/i

/**
 * The numbers of the segments to show: of commands for several tools, those of the first tool and
 * of the ones that the question names. Linear time.
 * @param names Whether the question names a tool.
 */
export function listShown(
  segments: readonly AnalysedSegment[],
  text: string,
  names: (tool: string) => boolean,
): readonly number[] {
  const shown: number[] = []
  let isAfterTool = isFurther(segments[0]!, text)
  for (let i = 0; i < segments.length; i++) {
    const { start, end, announces } = segments[i]!
    const next = segments[i + 1]
    const tool = announces && next?.kind === 'code' ? LAST_LABEL.exec(text.slice(start, end))?.[1] : undefined
    if (tool !== undefined && isAfterTool && LABEL.test(text.slice(start, end)) && !names(tool.toLowerCase())) {
      i = next!.blockLast
      continue
    }
    shown.push(i)
    if (tool === undefined) {
      isAfterTool = false
      continue
    }
    isAfterTool = true
    for (i++; i < next!.blockLast; i++) shown.push(i)
    shown.push(i)
  }
  return shown.length > 0 ? shown : segments.map((_, i) => i)
}

/** Whether the tools before it are in the passage before. */
function isFurther({ start, end }: AnalysedSegment, text: string): boolean {
  const tool = LABEL.exec(text.slice(start, end))?.[1]
  return tool !== undefined && !FIRST.test(tool)
}

/** A segment among those that are shown. */
export interface ShownSegment extends AnalysedSegment {
  /** UTF-16 code units of what is not shown before it. */
  readonly hiddenBefore: number
}

/** The segments with these numbers. Afterwards, numbers of segments count what is shown only. */
export function keepShown(segments: readonly AnalysedSegment[], shown: readonly number[]): readonly ShownSegment[] {
  if (shown.length === segments.length) return segments.map(segment => ({ ...segment, hiddenBefore: 0 }))
  const numbers = new Map(shown.map((number, i) => [number, i]))
  let hiddenBefore = 0
  return shown.map((number, i) => {
    const segment = segments[number]!
    const before = shown[i - 1] ?? -1
    if (number > before + 1) hiddenBefore += segment.start - (segments[before]?.end ?? 0)
    const [blockFirst, blockLast] = [numbers.get(segment.blockFirst)!, numbers.get(segment.blockLast)!]
    return { ...segment, blockFirst, blockLast, hiddenBefore }
  })
}
