import { OMISSION } from '../../text/omission.ts'
import type { Candidate } from '../candidate.ts'
import type { PassageOrigin, Source } from '../workings.ts'
import { excerpt } from './excerpt.ts'
import type { QuotedSection } from './quoted-section.ts'

const MAX_SOURCES = 5
/** UTF-16 code units, without the ellipses. */
const MAX_PASSAGE = 1990
const GAP = '\n\n'
const CUT = `\n\n${OMISSION}\n\n`

/** The parts of a passage that a source is about: what is quoted, or else its likeliest segment. */
interface SourceQuote {
  readonly candidate: Candidate
  readonly segments: readonly { readonly start: number; readonly end: number }[]
}

/** A passage, or the text between two, in the joined text. */
interface Part {
  readonly start: number
  readonly text: string
  readonly ordinal?: number
}

/**
 * Lists the sections of an answer: the quoted ones first, in the order of the reply, then the
 * likeliest. At most five, each with the text around its quoted part.
 */
export function listSources(candidates: readonly Candidate[], quoted: readonly QuotedSection[]): readonly Source[] {
  const places = new Map(quoted.map(({ passages }, i) => [passages[0]!.candidate.section, i]))
  const sections = [...Map.groupBy(candidates, ({ section }) => section)].map(([section, own]) => {
    const place = places.get(section) ?? quoted.length
    const best = own.reduce((a, b) => (b.probability > a.probability ? b : a))
    const quotes: readonly SourceQuote[] = quoted[place]?.passages ?? [{ candidate: best, segments: [best.likeliest] }]
    return { own, place, quotes, probability: own.reduce((sum, candidate) => sum + candidate.probability, 0) }
  })
  sections.sort((a, b) => a.place - b.place || b.probability - a.probability)
  const locationOf = ({ quotes }: { readonly quotes: readonly SourceQuote[] }) => quotes[0]!.candidate.passage.location
  return sections
    .filter((section, i) => {
      const isQuoted = section.place < quoted.length
      return isQuoted || sections.findIndex(other => locationOf(other) === locationOf(section)) === i
    })
    .slice(0, MAX_SOURCES)
    .map(({ own, quotes }) => toSource(own, quotes))
}

/** Joins the section's text around the quoted passages, and cuts it to size. */
function toSource(section: readonly Candidate[], quotes: readonly SourceQuote[]): Source {
  const shown = new Set(quotes.map(({ candidate }) => candidate.passage.ordinal))
  const texts = [...textsOf(section)].filter(([ordinal]) => [-1, 0, 1].some(step => shown.has(ordinal + step)))
  const parts: Part[] = []
  let text = ''
  const spans: { readonly start: number; readonly end: number }[] = []
  for (const [i, [ordinal, written]] of texts.entries()) {
    const between = i === 0 ? '' : texts[i - 1]![0] === ordinal - 1 ? GAP : CUT
    const offset = text.length + between.length
    parts.push({ start: text.length, text: between }, { start: offset, text: written, ordinal })
    text += between + written
    const segments = quotes.find(({ candidate }) => candidate.passage.ordinal === ordinal)?.segments ?? []
    for (const { start, end } of segments) spans.push({ start: offset + start, end: offset + end })
  }
  const from = spans[0]!.start
  const cut = excerpt(text, from, Math.min(spans.at(-1)!.end, from + MAX_PASSAGE), MAX_PASSAGE)
  const highlights = joinSpans(text, spans)
    .map(({ start, end }) => ({ start: start + cut.shift, end: Math.min(end, cut.to) + cut.shift }))
    .filter(({ start, end }) => start >= 0 && start < end)
  const { title, location, score, documentId } = quotes[0]!.candidate.passage
  const pieces = [cut.text.slice(0, cut.from + cut.shift), ...piecesOf(parts, cut), cut.text.slice(cut.to + cut.shift)]
  const origin = { documentId, pieces: pieces.filter(piece => piece !== '') }
  return { title, location, passage: cut.text, score, highlights, origin }
}

/** The pieces of the joined text that are shown. */
function piecesOf(parts: readonly Part[], shown: { readonly from: number; readonly to: number }): PassageOrigin['pieces'] {
  return parts.flatMap(({ start, text, ordinal }) => {
    const from = Math.max(0, shown.from - start)
    const to = Math.min(text.length, shown.to - start)
    if (from >= to) return []
    return ordinal === undefined ? text.slice(from, to) : { ordinal, start: from, end: to }
  })
}

/** The passages of a section that were read, by their ordinals, in order. */
function textsOf(section: readonly Candidate[]): readonly (readonly [number, string])[] {
  const texts = new Map<number, string>()
  for (const { passage } of section) {
    const { ordinal, before, text, after } = passage
    if (before !== undefined) texts.set(ordinal - 1, before)
    texts.set(ordinal, text)
    if (after !== undefined) texts.set(ordinal + 1, after)
  }
  return [...texts].sort(([a], [b]) => a - b)
}

/** Joins spans with only white space between them. */
function joinSpans(text: string, spans: readonly { readonly start: number; readonly end: number }[]) {
  const joined: { start: number; end: number }[] = []
  for (const { start, end } of spans) {
    const last = joined.at(-1)
    if (last !== undefined && text.slice(last.end, start).trim() === '') last.end = end
    else joined.push({ start, end })
  }
  return joined
}
