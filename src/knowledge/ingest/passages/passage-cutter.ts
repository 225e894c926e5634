import type { Redact } from '../../../reply-text.ts'
import { findSentenceGaps } from '../../../text/sentences.ts'
import type { Listing, Passage } from '../../document.ts'
import type { Block, ParsedDocument, Section } from '../../formats/parsed-document.ts'
import { listingOf } from './block-listing.ts'
import { MAX_PASSAGE_CHARS, splitBlock } from './block-splitter.ts'

/** A passage that is shorter than this together with its heading says too little alone. */
const MIN_PASSAGE_CHARS = 60
/** A paragraph that announces the next block, and the length up to which it stays with it. */
const ANNOUNCES = /[:：]$/
const MAX_ANNOUNCEMENT_CHARS = 600

type Cut = Omit<Passage, 'ordinal'>
/** A block, or a part of a long one, as Markdown. */
interface Piece {
  readonly text: string
  readonly isProse: boolean
  readonly anchor: string | undefined
  /** The names of the items of a list or table that was divided. */
  readonly listing: Listing | undefined
}

/**
 * Cuts a document into passages, each within one section. A longer section becomes several passages
 * of similar length, cut between blocks, or else after lines, sentences or words. A passage of less
 * than 60 characters, with its heading, is joined with its neighbour. The text of a passage is a
 * subset of Markdown: paragraphs without inline markup, lists, fenced code and tables.
 * @param title Removed from the headings, because every passage has the title anyway.
 * @param address The document's `url` or id.
 * @param redact What it recognizes is not cut.
 */
export function cutPassages(document: ParsedDocument, title: string, address: string, redact: Redact = text => text): Passage[] {
  const passages = document.sections.flatMap(section => {
    const headings = section.headings.filter(heading => heading !== title)
    // The title's anchor would point to the top of the page.
    const sectionAnchor = section.headings.at(-1) === title ? undefined : section.anchor
    const parts = section.parts && { of: 'parts' as const, names: section.parts }
    return cutSection(section, redact).map(({ text, anchor = sectionAnchor, listing = parts }) => ({
      headings,
      location: anchor === undefined ? address : `${address}#${anchor}`,
      text,
      ...(listing !== undefined && { listing }),
    }))
  })
  return joinShort(passages).map((passage, ordinal) => ({ ordinal, ...passage }))
}

/** Cuts a section into texts, each with the anchor of its first block if that has one. */
function cutSection(section: Section, redact: Redact): Omit<Piece, 'isProse'>[] {
  const blocks = separateAnnouncements(section.blocks, redact)
  const pieces = keepTogether(
    blocks.flatMap((block, i) => {
      const { kind, anchor } = block
      const texts = splitBlock(block, redact, announcementBefore(blocks, i))
      const listing = texts.length > 1 ? listingOf(block) : undefined
      return texts.map(text => ({ text, isProse: kind === 'prose', anchor, listing }))
    }),
  )
  const totalChars = pieces.reduce((sum, { text }) => sum + text.length + 2, 0)
  const wantedChars = totalChars / Math.ceil(totalChars / MAX_PASSAGE_CHARS)
  const passages: Piece[] = []
  for (const piece of pieces) {
    const passage = passages.at(-1)
    const grown = passage === undefined ? piece.text : `${passage.text}\n\n${piece.text}`
    // Adding the piece would exceed the wanted length by more than it now falls short of it.
    const isFull =
      passage === undefined || grown.length > MAX_PASSAGE_CHARS || grown.length - wantedChars > wantedChars - passage.text.length
    if (isFull) passages.push(piece)
    else passages[passages.length - 1] = { ...passage, text: grown, listing: passage.listing ?? piece.listing }
  }
  return passages
}

/**
 * Makes the last sentence of a paragraph that announces the next block a paragraph of its own if
 * the whole paragraph does not fit into a passage with the block.
 */
function separateAnnouncements(blocks: readonly Block[], redact: Redact): readonly Block[] {
  return blocks.flatMap((block, i) => {
    const next = blocks[i + 1]
    const { kind, text } = block
    if (kind !== 'prose' || next === undefined || !ANNOUNCES.test(text) || text.length + next.text.length < MAX_PASSAGE_CHARS)
      return block
    const at = findSentenceGaps(text).findLast(({ end }) => end < text.length)?.end ?? 0
    if (at === 0 || redact(text) !== text) return block
    return [
      { ...block, text: text.slice(0, at).trimEnd() },
      { ...block, text: text.slice(at) },
    ]
  })
}

/** Returns the length of the paragraphs before a block that announce it: they end with a colon. */
function announcementBefore(blocks: readonly Block[], at: number): number {
  let length = 0
  for (let i = at - 1; i >= 0; i--) {
    const { kind, text } = blocks[i]!
    if (kind !== 'prose' || !ANNOUNCES.test(text) || length + text.length > MAX_ANNOUNCEMENT_CHARS) break
    length += text.length + 2
  }
  return length
}

/**
 * Joins a paragraph with the list, code or table after it, and a block that ends with a colon with
 * the next one, if both fit into one passage.
 */
function keepTogether(blocks: readonly Piece[]): Piece[] {
  const pieces: Piece[] = []
  for (const block of blocks) {
    const last = pieces.at(-1)
    const belongs = last !== undefined && (ANNOUNCES.test(last.text) || (last.isProse && !block.isProse))
    if (belongs && last.text.length + block.text.length + 2 <= MAX_PASSAGE_CHARS)
      pieces[pieces.length - 1] = {
        ...last,
        text: `${last.text}\n\n${block.text}`,
        isProse: block.isProse,
        listing: last.listing ?? block.listing,
      }
    else pieces.push(block)
  }
  return pieces
}

/**
 * Joins a short passage with the first one of its subsections, or else with the passage before,
 * below its own heading. The rest stays alone: the only passage of a document, or one between full
 * passages.
 */
function joinShort(passages: readonly Cut[]): Cut[] {
  const joined: Cut[] = []
  let waiting: Cut | undefined
  for (const [i, passage] of passages.entries()) {
    const current: Cut = waiting === undefined ? passage : { ...waiting, ...passage, text: `${waiting.text}\n\n${passage.text}` }
    waiting = undefined
    const next = passages[i + 1]
    const last = joined.at(-1)
    if (lengthOf(current) >= MIN_PASSAGE_CHARS) joined.push(current)
    else if (next !== undefined && isWithin(next, current) && fits(next, current.text)) waiting = current
    else if (last !== undefined && fits(last, underHeading(current, last)))
      joined[joined.length - 1] = { ...last, text: `${last.text}\n\n${underHeading(current, last)}` }
    else if (next !== undefined && next.headings.length <= 1 && current.headings.length === 0 && fits(next, current.text))
      waiting = current
    else joined.push(current)
  }
  return joined
}

function lengthOf({ headings, text }: Cut): number {
  return text.length + (headings.at(-1)?.length ?? 0)
}

function isWithin({ headings }: Cut, around: Cut): boolean {
  return around.headings.every((heading, i) => heading === headings[i])
}

function fits({ text }: Cut, added: string): boolean {
  return text.length + added.length + 2 <= MAX_PASSAGE_CHARS
}

function underHeading({ headings, text }: Cut, last: Cut): string {
  const heading = headings.at(-1)
  return heading === undefined || heading === text || heading === last.headings.at(-1) ? text : `${heading}:\n\n${text}`
}
