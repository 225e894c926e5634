import { boldTerm } from './bold-term.ts'
import { OMISSION } from './omission.ts'
import { findSentenceGaps } from './sentences.ts'
import { cellsOf, plainCell } from './table-cells.ts'

/** A longer name is cut. UTF-16 code units. */
export const MAX_ITEM_NAME = 80
const TERM = new RegExp(`^${boldTerm('([^\\n]+?)')}(?::|$)`)
/** What precedes a colon or dash, if it is short: `hover (default): Prefetch …`. */
const LABEL = /^(\S(?:[^\n:–—]{0,48}\S)?)(?::|\s[-–—])\s/
const CLAUSE = /^(.{12,78}?)(?:[,;:]\s|\s[(–—-]|\.(?:\s|$))/u

/**
 * The name of a list item or table cell: its term, its label, or its first sentence or words. At
 * most 80 code units; `…` at the end of words that are cut.
 */
export function nameItem(written: string): string {
  const text = written.slice(0, 2000).replace(/\s+/g, ' ').trim()
  const label = TERM.exec(text)?.[1] ?? LABEL.exec(text)?.[1]
  if (label !== undefined && label.length <= MAX_ITEM_NAME) return label
  const sentence = text.slice(0, findSentenceGaps(text)[0]?.start)
  if (sentence.length <= MAX_ITEM_NAME) return sentence
  const words = CLAUSE.exec(sentence)?.[1] ?? sentence.slice(0, MAX_ITEM_NAME - 1).replace(/\s\S*$/, '')
  return `${words.toWellFormed()} ${OMISSION}`
}

/** The name of a row of a table. Empty for a row with nothing but its first cell, a divider. */
export function nameRow(row: string): string {
  const [first = '', ...others] = cellsOf(row)
  return others.some(cell => cell !== '') ? nameItem(plainCell(first)) : ''
}
