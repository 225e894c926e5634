const EDGE_BARS = /^\s*\||(?<!\\)\|\s*$/g
/** A bar after a backslash is a part of its cell. */
const BAR = /(?<!\\)\|/

/** The cells of a row of a table in Markdown, as written. Linear time. */
export function cellsOf(row: string): readonly string[] {
  return row
    .replace(EDGE_BARS, '')
    .split(BAR)
    .map(cell => cell.trim())
}

/** A cell without markup: a bar needs no backslash. */
export function plainCell(cell: string): string {
  return cell.replaceAll('\\|', '|')
}
