/** Empty cells at the end of a row. */
const MAX_EMPTY_CELLS = 30

/** Gives a row the columns of its table, with at most 30 empty cells at its end. */
export function fillRow(cells: readonly string[], columns: number): readonly string[] {
  const filled = cells.findLastIndex(cell => cell !== '') + 1
  return Array.from({ length: Math.min(columns, filled + MAX_EMPTY_CELLS) }, (_, column) => cells[column] ?? '')
}

/** Writes a row of a table in Markdown. The cells have no line breaks. */
export function toRow(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
}
