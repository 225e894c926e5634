import { replaceCode } from './code-spans.ts'

/** The line between the header and the rows of a table, which may be in a list or quote. */
const DELIMITER = /^[\s>|:-]+$/
const PIPE = /(?<!\\)\|/g

/**
 * Escapes `|` in the inline code of rows that have more cells than their table has columns. GitHub
 * splits such a cell, other generators do not.
 */
export function escapePipesInCode(text: string): string {
  if (!text.includes('|') || !text.includes('`')) return text
  let columns = 0
  return text
    .split('\n')
    .map(line => {
      if (line.includes('|') && line.includes('-') && DELIMITER.test(line)) columns = cellsIn(line)
      if (line.trim() === '') columns = 0
      return columns > 0 && line.includes('`') && cellsIn(line) > columns
        ? replaceCode(line, code => code.replace(PIPE, '\\|'))
        : line
    })
    .join('\n')
}

function cellsIn(row: string): number {
  const inner = row
    .trim()
    .replace(/^[\s>]*\|?/, '')
    .replace(/\|$/, '')
  return (inner.match(PIPE)?.length ?? 0) + 1
}
