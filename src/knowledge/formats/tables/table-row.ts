/** Empty cells added to a row that is shorter than others. */
const MAX_ADDED_CELLS = 30

/** Adds empty cells to a row, up to the columns of its table: at most 30. */
export function fillRow(cells: readonly string[], columns: number): readonly string[] {
  const missing = Math.max(0, Math.min(columns - cells.length, MAX_ADDED_CELLS))
  return [...cells, ...Array<string>(missing).fill('')]
}

/** Writes a row of a table in Markdown. The cells have no line breaks. */
export function toRow(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
}
