import {
  ANNOUNCES,
  blockEndAt,
  countSegments,
  endAt,
  formAt,
  kindAt,
  type SegmentTable,
  startAt,
} from '../text/passages/segment-table.ts'

/** Tools that a site offers the same command for. It shows one of them until a reader chooses. */
const TOOLS = 'npm|npx|pnpm|yarn|bun|deno|pip|pipenv|poetry|uv|conda'
const LABEL = new RegExp(`^(${TOOLS}):$`, 'i')
/** The label of the first tool may be the last line of a list item. */
const LAST_LABEL = new RegExp(String.raw`(?:^|\n\s*)(${TOOLS}):$`, 'i')
/** Tools that a site names first. */
const FIRST = /^(?:npm|npx|pip)$/i
/** UTF-16 code units of the longest label. */
const MAX_LABEL = Math.max(...TOOLS.split('|').map(tool => tool.length)) + 1

/**
 * The numbers of the segments to show: of commands for several tools, those of the first tool and
 * of the ones that the question names. Undefined if all are shown. Linear time.
 * @param names Whether the question names a tool.
 */
export function listShown(table: SegmentTable, text: string, names: (tool: string) => boolean): readonly number[] | undefined {
  const count = countSegments(table)
  const shown: number[] = []
  let isAfterTool = isFurther(table, text)
  for (let i = 0; i < count; i++) {
    const tool = toolBefore(table, text, i)
    if (tool !== undefined && isAfterTool && LABEL.test(writtenAt(table, text, i)) && !names(tool)) {
      i = blockEndAt(table, i + 1)
      continue
    }
    shown.push(i)
    isAfterTool = tool !== undefined
    if (!isAfterTool) continue
    for (const last = blockEndAt(table, i + 1); i < last; ) shown.push(++i)
  }
  return shown.length > 0 && shown.length < count ? shown : undefined
}

/** The tool, in lower case, that a segment announces code for. */
function toolBefore(table: SegmentTable, text: string, segment: number): string | undefined {
  if ((formAt(table, segment) & ANNOUNCES) === 0 || segment + 1 === countSegments(table)) return undefined
  if (kindAt(table, segment + 1) !== 'code' || !isOneWord(text, startAt(table, segment), endAt(table, segment))) return undefined
  return LAST_LABEL.exec(writtenAt(table, text, segment))?.[1]?.toLowerCase()
}

/**
 * Whether the last line has one word only, as a label has. Most announcements are longer, and no
 * pattern is tried.
 */
function isOneWord(text: string, start: number, end: number): boolean {
  let from = end
  while (from > start && end - from <= MAX_LABEL && !isSpace(text, from - 1)) from--
  while (from > start && text[from - 1] !== '\n' && isSpace(text, from - 1)) from--
  return from === start || text[from - 1] === '\n'
}

function isSpace(text: string, at: number): boolean {
  return text.charCodeAt(at) <= 0x20
}

/** Whether the tools before it are in the passage before. */
function isFurther(table: SegmentTable, text: string): boolean {
  const tool = LABEL.exec(writtenAt(table, text, 0))?.[1]
  return tool !== undefined && !FIRST.test(tool)
}

function writtenAt(table: SegmentTable, text: string, segment: number): string {
  return text.slice(startAt(table, segment), endAt(table, segment))
}

/** For each of the segments that are shown: UTF-16 code units of what is not shown before it. */
export function measureHidden(table: SegmentTable, shown: readonly number[]): readonly number[] {
  let hidden = 0
  return shown.map((segment, i) => {
    const before = shown[i - 1] ?? -1
    if (segment > before + 1) hidden += startAt(table, segment) - (before < 0 ? 0 : endAt(table, before))
    return hidden
  })
}
