import type { Redact } from '../../reply-text.ts'
import { findSentenceGaps } from '../../text/sentences.ts'
import type { Block } from '../formats/parsed-document.ts'
import { toRow } from '../formats/tables/table-row.ts'
import { findSafeCut } from './safe-cut.ts'

/**
 * Maximum length of a passage in characters, about 200 words: short enough to be shown as a source
 * and to cover one subject, long enough to contain both a question's words and their answer. Most
 * sections of real documentation fit into one passage.
 */
export const MAX_PASSAGE_CHARS = 1200
/** Longer headers are not repeated. */
const MAX_HEADER_CHARS = 400

/**
 * Writes a block as Markdown, in pieces that fit into a passage. Each piece of code has its own
 * fence, and each piece of a table repeats the header. A table is cut between rows; each part of a
 * row that is too long repeats the first cell. Otherwise only white space at the cuts is lost. What
 * redaction recognizes is not cut, so a piece may have up to 8,000 characters.
 * @param reserved Characters that the first piece leaves free, for the sentence that announces it.
 */
export function splitBlock({ kind, text, language }: Block, redact: Redact, reserved = 0): string[] {
  const maxChars = MAX_PASSAGE_CHARS - reserved
  if (kind === 'code') {
    const fence = '`'.repeat(Math.max(3, ...Array.from(text.matchAll(/`{3,}/g), ([run]) => run.length + 1)))
    const open = `${fence}${language ?? ''}\n`
    const room = maxChars - open.length - fence.length - 1
    return split(text, Math.max(room, 100), redact).map(piece => `${open}${piece}\n${fence}`)
  }
  return kind === 'table' && text.length > maxChars ? splitTable(text, maxChars, redact) : split(text, maxChars, redact)
}

function splitTable(text: string, maxChars: number, redact: Redact): string[] {
  const written = /^.*\n.*\n/.exec(text)?.[0] ?? ''
  const header = written.length <= MAX_HEADER_CHARS ? written : ''
  const room = maxChars - header.length
  const rows = text.slice(header.length).split('\n')
  const short = rows.flatMap(row => (row.length > room ? cutRow(row, room, redact) : row))
  return split(short.join('\n'), room, redact, window => window.lastIndexOf('\n') + 1 || findCut(window)).map(
    piece => header + piece,
  )
}

/**
 * Cuts a row between its cells, and a cell that is too long after a sentence. A row with a long
 * first cell, or with something to redact, is not cut here.
 */
function cutRow(row: string, maxChars: number, redact: Redact): string[] {
  const [first = '', ...cells] = row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim())
  const room = maxChars - toRow([first, ...cells.map(() => '')]).length
  if (room < maxChars / 2 || redact(row) !== row) return [row]
  const rows: string[][] = []
  for (const [column, cell] of cells.entries()) {
    for (const part of split(cell, room, redact)) {
      const last = rows.at(-1)
      if (last?.[column] === '' && last.join('').length + part.length <= room) last[column] = part
      else rows.push(cells.map((_, i) => (i === column ? part : '')))
    }
  }
  return rows.map(others => toRow([first, ...others]))
}

/** Splits a text at the places that `cut` finds in the longest piece that is possible. */
function split(text: string, maxChars: number, redact: Redact, cut: (window: string) => number = findCut): string[] {
  // A text without anything to redact may be cut anywhere.
  const isPlain = text.length <= maxChars || redact(text) === text
  const pieces: string[] = []
  let rest = text
  while (rest.length > maxChars) {
    const preferred = cut(rest.slice(0, maxChars))
    const end = isPlain ? preferred : findSafeCut(rest, preferred, redact)
    pieces.push(rest.slice(0, end))
    // Keep the next line's indentation, which is part of code.
    rest = rest.slice(end).replace(/^ *\n+/, '')
  }
  return [...pieces, rest].map(piece => piece.trimEnd()).filter(piece => piece !== '')
}

/**
 * Finds the best place to cut, preferably in the second half: after a line, a sentence or a word,
 * but never inside a character.
 */
function findCut(window: string): number {
  const earliest = window.length / 2
  const line = window.lastIndexOf('\n') + 1
  if (line > earliest) return line
  const sentence = findSentenceGaps(window).findLast(({ end }) => end < window.length)?.end ?? 0
  if (sentence > earliest) return sentence
  const word = window.lastIndexOf(' ') + 1
  if (word > earliest) return word
  return /[\uD800-\uDBFF]$/.test(window) ? window.length - 1 : window.length
}
