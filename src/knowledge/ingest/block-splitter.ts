import type { Redact } from '../../reply-text.ts'
import { findSentenceGaps } from '../../text/sentences.ts'
import type { Block } from '../formats/parsed-document.ts'
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
 * fence, and each piece of a table repeats the header. Only white space at the cuts is lost. What
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
  if (kind === 'table' && text.length > maxChars) {
    const header = /^.*\n.*\n/.exec(text)?.[0] ?? ''
    if (header.length <= MAX_HEADER_CHARS)
      return split(text.slice(header.length), maxChars - header.length, redact).map(piece => header + piece)
  }
  return split(text, maxChars, redact)
}

function split(text: string, maxChars: number, redact: Redact): string[] {
  // A text without anything to redact may be cut anywhere.
  const isPlain = text.length <= maxChars || redact(text) === text
  const pieces: string[] = []
  let rest = text
  while (rest.length > maxChars) {
    const preferred = findCut(rest.slice(0, maxChars))
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
