import type { Block } from './parsed-document.ts'
import { toRow } from './table-row.ts'

/** Collects the lines of a list or the rows of a table until the block is complete. */
export interface BlockGroup {
  line(text: string): void
  definition(term: string, text: string): void
  row(cells: readonly string[], isHeader: boolean): void
  /** Returns the block and starts a new one; undefined if the group is empty. */
  take(): Block | undefined
}

type Row = { readonly cells: readonly string[]; readonly isHeader: boolean }

/** Creates an empty group. */
export function createBlockGroup(): BlockGroup {
  let lines: string[] = []
  let rows: Row[] = []
  let hasDefinitions = false

  return {
    line(text) {
      if (text.trim() !== '') lines.push(text)
    },
    definition(term, text) {
      hasDefinitions = true
      lines.push(`- **${term}**: ${text}`)
    },
    row(cells, isHeader) {
      if (cells.some(cell => cell !== '')) rows.push({ cells, isHeader })
    },
    take() {
      const block = rows.length > 0 ? toTable(rows) : toList(lines, hasDefinitions)
      lines = []
      rows = []
      hasDefinitions = false
      return block
    },
  }
}

/**
 * A table of one column has no relation to keep, so it becomes lines. A table without a header gets
 * an empty one, as GitHub's Markdown requires.
 */
function toTable(rows: readonly Row[]): Block {
  const columns = Math.max(...rows.map(({ cells }) => cells.length))
  if (columns === 1) return { kind: 'prose', text: rows.map(({ cells }) => cells[0]).join('\n') }
  const fill = (cells: readonly string[]) => Array.from({ length: columns }, (_, i) => cells[i] ?? '')
  const [first] = rows
  const [header, body] = first?.isHeader === true ? [first.cells, rows.slice(1)] : [[], rows]
  const lines = [fill(header), Array<string>(columns).fill('---'), ...body.map(({ cells }) => fill(cells))]
  return { kind: 'table', text: lines.map(toRow).join('\n') }
}

function toList(lines: readonly string[], hasDefinitions: boolean): Block | undefined {
  const first = lines[0]
  if (first === undefined) return undefined
  if (hasDefinitions) return { kind: 'definition', text: lines.join('\n') }
  // Text after code in a list item has no marker of its own.
  const indent = /^ */.exec(first)?.[0] ?? ''
  const text = lines.map(line => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
  return { kind: /^(?:-|\d+\.)(?: |$)/m.test(text) ? 'list' : 'prose', text }
}
