/** Writes a row of a table in Markdown. The cells have no line breaks. */
export function toRow(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
}
