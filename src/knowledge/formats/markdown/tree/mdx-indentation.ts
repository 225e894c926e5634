import type { MarkdownIt, StateBlock } from 'markdown-it'

type Rule = (state: StateBlock, startLine: number, endLine: number, silent: boolean) => boolean

/** Lines below the first line of a paragraph that may end it. Real ones have a few dozen. */
const MAX_LINES = 1000
/** A fence that opens code. */
const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/

/**
 * Reads blocks at any indentation: MDX has no indented code, so that the content of components can
 * be indented. Elsewhere four spaces are the limit.
 */
export function addMdxIndentation(parser: MarkdownIt): void {
  const { ruler } = parser.block
  const runAfter = (rule: Rule, ...[state, startLine, endLine]: Parameters<Rule>) => {
    const rules = ruler.getRules('')
    return rules.slice(rules.indexOf(rule) + 1).some(each => each(state, startLine, endLine, false))
  }

  /** Moves the margin to a block that is indented further. */
  const moveMargin: Rule = (state, startLine, endLine, silent) => {
    if (silent) return false
    const { blkIndent } = state
    const indent = state.sCount[startLine]!
    const margin = indent - blkIndent < 4 ? blkIndent : indent
    alignFence(state, startLine, endLine, margin)
    if (margin === blkIndent) return false
    state.blkIndent = margin
    const isRead = runAfter(moveMargin, state, startLine, endLine, silent)
    state.blkIndent = blkIndent
    return isRead
  }

  /** Lets a block that is indented further end a paragraph. */
  const limitIndents: Rule = (state, startLine, endLine, silent) => {
    if (silent) return false
    const indents = state.sCount
    const limit = state.blkIndent + 3
    const moved: [line: number, indent: number][] = []
    const end = Math.min(endLine, startLine + MAX_LINES)
    for (let line = startLine + 1; line < end && !state.isEmpty(line) && indents[line]! >= state.blkIndent; line++) {
      if (indents[line]! > limit) moved.push([line, indents[line]!])
    }
    for (const [line] of moved) indents[line] = limit
    const isRead = runAfter(limitIndents, state, startLine, endLine, silent)
    for (const [line, indent] of moved) indents[line] = indent
    return isRead
  }

  parser.disable('code')
  ruler.before('table', 'mdx_margin', moveMargin)
  ruler.before('reference', 'mdx_paragraph', limitIndents)
}

/** Lets code be indented less than its fence, and its end further. */
function alignFence(state: StateBlock, startLine: number, endLine: number, margin: number): void {
  const opening = FENCE.exec(textOf(state, startLine))
  const marks = opening?.[1] ?? opening?.[2]
  if (marks === undefined) return
  for (let line = startLine + 1; line < endLine; line++) {
    const text = textOf(state, line).trimEnd()
    if (text !== '' && state.sCount[line]! < state.blkIndent) return
    state.sCount[line] = margin
    if (text.startsWith(marks) && text === marks[0]!.repeat(text.length)) return
  }
}

function textOf(state: StateBlock, line: number): string {
  return state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line])
}
