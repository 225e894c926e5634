/** A cell of a table, or its text if it spans one row and one column. */
export type Cell = string | { readonly text: string; readonly rows: number; readonly columns: number }

/** Fills the cells below and beside a cell that spans rows or columns with its text. */
export interface TableSpans {
  /** Returns the texts of a row. */
  fill(cells: readonly Cell[]): string[]
  /** Ends the table. */
  end(): void
}

/** Columns up to which a cell is repeated. */
const MAX_COLUMNS = 100
/** Longer text is not repeated: the relation of a row is in its short cells. */
const MAX_REPEATED_CHARS = 200
/** Characters that repeated cells add to a document, which bounds its memory. */
const MAX_ADDED_CHARS = 2_000_000
/** What a cell adds to its text. */
const CELL_CHARS = 3

/** Creates the spans of the tables of one document. */
export function createTableSpans(): TableSpans {
  /** By column the text of a cell above, and the number of rows that it still spans. */
  const above = new Map<number, { readonly text: string; rows: number }>()
  let charsLeft = MAX_ADDED_CHARS

  function repeated(text: string): string {
    const shown = text.length > MAX_REPEATED_CHARS ? '' : text
    charsLeft -= shown.length + CELL_CHARS
    return shown
  }

  function fillFromAbove(row: string[]): void {
    for (let span = above.get(row.length); span !== undefined && charsLeft > 0; span = above.get(row.length)) {
      span.rows--
      if (span.rows === 0) above.delete(row.length)
      row.push(repeated(span.text))
    }
  }

  return {
    fill(cells) {
      const row: string[] = []
      // A single cell is a heading between rows.
      const isDivider = cells.length === 1 && above.size === 0
      for (const cell of cells) {
        fillFromAbove(row)
        const { text, rows, columns } = typeof cell === 'string' ? { text: cell, rows: 1, columns: 1 } : cell
        for (let i = 0; i < columns && (i === 0 || (row.length < MAX_COLUMNS && charsLeft > 0)); i++) {
          if (rows > 1) above.set(row.length, { text, rows: rows - 1 })
          row.push(i === 0 ? text : repeated(isDivider ? '' : text))
        }
      }
      fillFromAbove(row)
      return row
    },
    end() {
      above.clear()
    },
  }
}
