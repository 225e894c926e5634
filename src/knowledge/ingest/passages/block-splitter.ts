import type { Redact } from '../../../reply-text.ts'
import { findSentenceGaps } from '../../../text/sentences.ts'
import { indentOf } from '../../formats/indentation.ts'
import type { Block } from '../../formats/parsed-document.ts'
import { toRow } from '../../formats/tables/table-row.ts'
import { findSafeCut } from './safe-cut.ts'

/**
 * Maximum length of a passage in characters, about 200 words: short enough to be shown as a source
 * and to cover one subject, long enough to contain both a question's words and their answer. Most
 * sections of real documentation fit into one passage.
 */
export const MAX_PASSAGE_CHARS = 1200
/** Items of a list; the second are not nested. */
const ITEM = /^( *)(?:-|\d+\.) /
const OUTER_ITEM = /\n(?=(?:-|\d+\.) )/g
/** Longer headers of tables, and longer items around others, are not repeated. */
const MAX_HEADER_CHARS = 400

/**
 * Writes a block as Markdown, in pieces that fit into a passage. Each piece of code has its own
 * fence, and each piece of a table repeats the header. A table is cut between rows; each part of a
 * row that is too long repeats the first cell. A piece that begins within an item of a list repeats
 * the first line of the items around it. Otherwise only white space at the cuts is lost. What
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
  if (kind === 'table' && text.length > maxChars) return splitTable(text, maxChars, redact)
  return kind === 'list' && text.length > maxChars ? splitList(text, maxChars, redact) : split(text, maxChars, redact)
}

function splitList(list: string, maxChars: number, redact: Redact): string[] {
  const isPlain = redact(list) === list
  const pieces: string[] = []
  let around = ''
  let rest = list
  while (around.length + rest.length > maxChars) {
    const text = rest
    const cut = (window: string) => findListCut(window, text)
    const [piece = '', next = ''] = cutFirst(text, maxChars - around.length, redact, isPlain, cut)
    pieces.push(around + piece)
    around = itemsAround(around + piece, next, maxChars)
    rest = next
  }
  return clean([...pieces, around + rest])
}

/** Returns the first lines of the items that contain the beginning of the next part. */
function itemsAround(piece: string, next: string, maxChars: number): string {
  let indent = indentOf(next)
  const around: string[] = []
  for (const line of indent === 0 ? [] : piece.split('\n').toReversed()) {
    const [, before] = ITEM.exec(line) ?? []
    if (before === undefined || before.length >= indent) continue
    around.unshift(`${line}\n`)
    indent = before.length
  }
  const repeated = around.join('')
  return repeated.length <= Math.min(MAX_HEADER_CHARS, maxChars / 3) ? repeated : ''
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
    const [piece = '', next = ''] = cutFirst(rest, maxChars, redact, isPlain, cut)
    pieces.push(piece)
    rest = next
  }
  return clean([...pieces, rest])
}

function cutFirst(text: string, maxChars: number, redact: Redact, isPlain: boolean, cut: (window: string) => number) {
  const preferred = cut(text.slice(0, maxChars))
  const end = isPlain ? preferred : findSafeCut(text, preferred, redact)
  // Keep the next line's indentation, which is part of code.
  return [text.slice(0, end), text.slice(end).replace(/^ *\n+/, '')]
}

function clean(pieces: readonly string[]): string[] {
  return pieces.map(piece => piece.trimEnd()).filter(piece => piece !== '')
}

/** Cuts before an outer item instead of an inner one, if there is one in the second half. */
function findListCut(window: string, text: string): number {
  const cut = findCut(window)
  const outer = [...window.matchAll(OUTER_ITEM)].at(-1)?.index ?? 0
  return text[cut] === ' ' && outer > window.length / 2 ? outer + 1 : cut
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
