import type { Passage } from '../document.ts'
import type { ParsedDocument, Section } from '../formats/parsed-document.ts'

/**
 * Maximum length of a passage in characters, about 200 words: short enough to be shown as a source
 * and to cover one subject, long enough to contain both a question's words and their answer. Most
 * sections of real documentation fit into one passage.
 */
const MAX_PASSAGE_CHARS = 1200

/**
 * Cuts a document into passages, each within one section. A longer section becomes several passages
 * of similar length, cut between blocks, or else after lines, sentences or words. Only white space
 * at the cuts is lost.
 * @param title Removed from the headings, because every passage has the title anyway.
 * @param address The document's `url` or id.
 */
export function cutPassages(document: ParsedDocument, title: string, address: string): Passage[] {
  return document.sections
    .flatMap(section => {
      const headings = section.headings.filter(heading => heading !== title)
      // The title's anchor would point to the top of the page.
      const anchor = section.headings.at(-1) === title ? undefined : section.anchor
      const location = anchor === undefined ? address : `${address}#${anchor}`
      return cutSection(section).map(text => ({ headings, location, text }))
    })
    .map((passage, ordinal) => ({ ordinal, ...passage }))
}

function cutSection({ blocks }: Section): string[] {
  const pieces = keepIntroductions(blocks.flatMap(splitBlock))
  const totalChars = pieces.reduce((sum, piece) => sum + piece.length + 2, 0)
  const wantedChars = totalChars / Math.ceil(totalChars / MAX_PASSAGE_CHARS)
  const passages: string[] = []
  let passage = ''
  for (const piece of pieces) {
    const grown = passage === '' ? piece : `${passage}\n\n${piece}`
    // Adding the piece would exceed the wanted length by more than it now falls short of it.
    const isFull =
      passage !== '' && (grown.length > MAX_PASSAGE_CHARS || grown.length - wantedChars > wantedChars - passage.length)
    if (isFull) passages.push(passage)
    passage = isFull ? piece : grown
  }
  return passage === '' ? passages : [...passages, passage]
}

/** Joins a block that ends with a colon with the next block, if both fit into one passage. */
function keepIntroductions(blocks: readonly string[]): string[] {
  const pieces: string[] = []
  for (const block of blocks) {
    const last = pieces.at(-1)
    const isIntroduced = last !== undefined && /[:：]$/.test(last) && last.length + block.length + 2 <= MAX_PASSAGE_CHARS
    if (isIntroduced) pieces[pieces.length - 1] = `${last}\n\n${block}`
    else pieces.push(block)
  }
  return pieces
}

function splitBlock(block: string): string[] {
  const pieces: string[] = []
  let rest = block
  while (rest.length > MAX_PASSAGE_CHARS) {
    const end = findCut(rest.slice(0, MAX_PASSAGE_CHARS))
    pieces.push(rest.slice(0, end))
    // Keep the next line's indentation, which is part of code.
    rest = rest.slice(end).replace(/^ *\n+/, '')
  }
  return [...pieces, rest].map(piece => piece.trimEnd()).filter(piece => piece !== '')
}

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' })

/**
 * Finds the best place to cut, preferably in the second half: after a line, a sentence or a word,
 * but never inside a character.
 */
function findCut(window: string): number {
  const earliest = window.length / 2
  const line = window.lastIndexOf('\n') + 1
  if (line > earliest) return line
  const sentence = Array.from(SENTENCES.segment(window), ({ index }) => index).at(-1) ?? 0
  if (sentence > earliest) return sentence
  const word = window.lastIndexOf(' ') + 1
  if (word > earliest) return word
  return /[\uD800-\uDBFF]$/.test(window) ? window.length - 1 : window.length
}
