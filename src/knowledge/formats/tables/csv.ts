/**
 * Reads comma-separated values (RFC 4180), with white space around the cells. A quoted cell may
 * contain line breaks. Lines without text are skipped. Linear time.
 */
export function readCsv(text: string, delimiter = ','): string[][] {
  const end = `\\u{${delimiter.codePointAt(0)!.toString(16)}}`
  const cell = new RegExp(`[^\\S\\n${end}]*(?:"([^"]*(?:""[^"]*)*)"[^${end}\\n]*|([^${end}\\n]*))(${end}|\\n|$)`, 'gyu')
  const rows: string[][] = []
  let row: string[] = []
  for (const [whole, quoted, bare = '', stop] of text.matchAll(cell)) {
    const isAfterLast = whole === '' && row.length === 0
    if (!isAfterLast) row.push((quoted?.replaceAll('""', '"') ?? bare).trim())
    if (stop === delimiter) continue
    if (row.some(value => value !== '')) rows.push(row)
    row = []
  }
  return rows
}
